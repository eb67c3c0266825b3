import { AppError, type Principal, TENANT_LIMITS } from "@llamaagent/core";
import { beforeEach, describe, expect, it } from "vitest";
import { createCredentialVerifier, type CredentialVerifier } from "./credential-verifier.ts";
import type { OidcToken } from "./oidc/oidc-issuer.ts";
import type { OwnToken } from "./tokens/own-tokens.ts";

const holder: Principal = {
  tenantId: "t",
  subject: "a",
  roles: ["viewer"],
  scopes: [],
  keyId: "k",
};
const MINUTE = 60_000;

let now: number;
/** Of doubles: what the key's row, the tenants and the signatures say. */
let key: Principal | AppError;
let closed: string[];
let verified: number;
let own: OwnToken;
let foreign: OidcToken;
let verifier: CredentialVerifier;
beforeEach(() => {
  [now, key, closed, verified] = [0, holder, [], 0];
  own = { keyId: "k", subject: "a", scopes: [], expiresAtMs: 10 * MINUTE };
  const { keyId: _, ...person } = { ...holder, subject: "oidc:corp:b", tenantId: "u" };
  foreign = { ...person, expiresAtMs: 10 * MINUTE };
  const told = async (): Promise<Principal> => {
    if (key instanceof AppError) throw key;
    return key;
  };
  verifier = createCredentialVerifier({
    keys: {
      verify: told,
      holder: told,
      held: (text) => text === "la_known",
      ended: async (ids) => (key instanceof AppError ? [...ids] : []),
    },
    tenants: {
      async limitsOf(tenantId) {
        if (closed.includes(tenantId)) throw new AppError("forbidden");
        return TENANT_LIMITS;
      },
      closed: async (ids) => ids.filter((id) => closed.includes(id)),
    },
    tokens: {
      issuer: "ours",
      sign: () => "",
      verify: () => ((verified += 1), own),
    },
    issuers: [{ issuer: "https://corp", verify: async () => ((verified += 1), foreign) }],
    clock: { now: () => new Date(now), monotonicMs: () => now },
  });
});

const tokenBy = (iss: string): string =>
  `h.${Buffer.from(JSON.stringify({ iss })).toString("base64url")}.s`;
const [ours, theirs] = [tokenBy("ours"), tokenBy("https://corp")];
const unauthorized = { code: "unauthorized" };
const forbidden = { code: "forbidden" };

describe("a token of ours", () => {
  it("is its key's, no wider than either", async () => {
    own.scopes = ["runs:read"];
    expect(await verifier.verify(ours)).toEqual({
      ...holder,
      scopes: ["runs:read"],
      expiresAtMs: 10 * MINUTE,
    });
    key = { ...holder, scopes: ["runs:read", "agents:read"] };
    expect(await verifier.verify(ours)).toMatchObject({ scopes: ["runs:read"] });
    key = { ...holder, scopes: ["agents:read"] };
    await expect(verifier.verify(ours)).rejects.toMatchObject(unauthorized);
    own.scopes = [];
    now += MINUTE;
    expect(await verifier.verify(ours)).toMatchObject({ scopes: ["agents:read"] });
  });

  it("is verified once in a minute, and its key asked for each time", async () => {
    await verifier.verify(ours);
    await verifier.verify(ours);
    expect(verified).toBe(1);
    key = new AppError("unauthorized");
    await expect(verifier.verify(ours)).rejects.toMatchObject(unauthorized);
    key = new AppError("forbidden");
    await expect(verifier.verify(ours)).rejects.toMatchObject(forbidden);
    key = holder;
    now += MINUTE;
    await verifier.verify(ours);
    expect(verified).toBe(2);
  });

  it("is over at its end, also while it is known", async () => {
    own.expiresAtMs = 1_000;
    const one = await verifier.verify(ours);
    expect(verifier.over([one])).toEqual([]);
    now = 1_000;
    await expect(verifier.verify(ours)).rejects.toMatchObject(unauthorized);
    expect(verifier.over([one])).toEqual([one]);
  });
});

describe("a token of an issuer", () => {
  it("is let in while its tenant is open, however fresh its signature is", async () => {
    const one = await verifier.verify(theirs);
    expect(one).toEqual({ ...foreign, limits: TENANT_LIMITS });
    expect(await verifier.ended([one])).toEqual([]);
    closed = ["u"];
    await expect(verifier.verify(theirs)).rejects.toMatchObject(forbidden);
    expect(await verifier.ended([one, holder])).toEqual([one]);
    closed = ["t"];
    expect(await verifier.ended([one, holder])).toEqual([]);
  });

  it("is over at its end, also while it is known", async () => {
    foreign.expiresAtMs = 1_000;
    await verifier.verify(theirs);
    now = 1_000;
    await expect(verifier.verify(theirs)).rejects.toMatchObject(unauthorized);
  });

  it("is none where nobody is trusted who says what it says", async () => {
    for (const text of [tokenBy("https://else"), tokenBy(""), "a.b.c", "..", "."])
      await expect(verifier.verify(text)).rejects.toMatchObject(unauthorized);
    expect(verified).toBe(0);
  });
});

it("tells whose keys have ended", async () => {
  expect(await verifier.ended([holder])).toEqual([]);
  key = new AppError("unauthorized");
  expect(await verifier.ended([holder, foreign])).toEqual([holder]);
});

it("knows what held a moment ago, and of tokens those that were verified", async () => {
  expect(verifier.held("la_known")).toBe(true);
  expect(verifier.held("la_other")).toBe(false);
  expect(verifier.held(ours)).toBe(false);
  await verifier.verify(ours);
  expect(verifier.held(ours)).toBe(true);
  expect(verifier.held(theirs)).toBe(false);
  now = own.expiresAtMs;
  expect(verifier.held(ours)).toBe(false);
});
