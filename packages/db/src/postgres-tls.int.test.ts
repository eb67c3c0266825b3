import {
  type PostgresTlsProxy,
  startPostgresTlsProxy,
} from "@llamaagent/testing/services/postgres-tls-proxy";
import {
  createTestAuthority,
  daysFromNow,
  type TestAuthority,
} from "@llamaagent/testing/services/test-certificates";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createPostgres } from "./postgres.ts";

async function connectTo(url: string): Promise<void> {
  const db = createPostgres({ url, poolSize: 1 });
  try {
    expect(await db.owner((tx) => tx.query("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
  } finally {
    await db.close();
  }
}

const withoutTls = (reason: string) => ({
  code: "service_unavailable",
  message: `The database cannot be reached by TLS (${reason})`,
});

describe.runIf(inject("databaseUrl"))("a Postgres with a certificate", () => {
  let authority: TestAuthority;
  let honest: PostgresTlsProxy;
  let ofAnotherName: PostgresTlsProxy;
  let expired: PostgresTlsProxy;
  const started: PostgresTlsProxy[] = [];
  async function start(options?: Parameters<TestAuthority["issue"]>[0]): Promise<PostgresTlsProxy> {
    const certificate = await authority.issue(options);
    const proxy = await startPostgresTlsProxy(inject("databaseUrl") ?? "", certificate);
    started.push(proxy);
    return proxy;
  }
  beforeAll(async () => {
    authority = await createTestAuthority();
    honest = await start();
    ofAnotherName = await start({ names: ["DNS:other.example"] });
    expired = await start({ beginsAt: daysFromNow(-9), endsAt: daysFromNow(-1) });
  });
  afterAll(async () => {
    for (const proxy of started) await proxy.close();
    await authority?.remove();
  });

  const trusting = (mode: string): string => `sslmode=${mode}&sslrootcert=${authority.certPath}`;

  // A version of the driver in which the latter two verify less must not come in unseen.
  describe.each(["verify-full", "verify-ca", "require"])("by sslmode=%s", (mode) => {
    it("is connected to where its authority is trusted, by address and by name", async () => {
      const byName = honest.url.replace("127.0.0.1", "localhost");
      for (const url of [honest.url, byName]) {
        await connectTo(`${url}?${trusting(mode)}`);
        expect(honest.connections.at(-1)).toBe("encrypted");
      }
    });

    it("is refused where its authority is not known", async () => {
      await expect(connectTo(`${honest.url}?sslmode=${mode}`)).rejects.toMatchObject(
        withoutTls("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
      );
    });

    it("is refused where the certificate is of another name, or over", async () => {
      await expect(connectTo(`${ofAnotherName.url}?${trusting(mode)}`)).rejects.toMatchObject(
        withoutTls("ERR_TLS_CERT_ALTNAME_INVALID"),
      );
      await expect(connectTo(`${expired.url}?${trusting(mode)}`)).rejects.toMatchObject(
        withoutTls("CERT_HAS_EXPIRED"),
      );
    });
  });

  it("is connected to by TLS where the URL names no more than its authority", async () => {
    await connectTo(`${honest.url}?sslrootcert=${authority.certPath}`);
    expect(honest.connections.at(-1)).toBe("encrypted");
  });

  it("is connected to without TLS where the URL says so, or nothing, whatever PGSSLMODE says", async () => {
    await connectTo(`${honest.url}?sslmode=disable`);
    expect(honest.connections.at(-1)).toBe("plain");
    process.env["PGSSLMODE"] = "no-verify";
    try {
      await connectTo(honest.url);
      expect(honest.connections.at(-1)).toBe("plain");
    } finally {
      delete process.env["PGSSLMODE"];
    }
  });

  it("is refused where it has none and the URL asks for TLS", async () => {
    await expect(connectTo(`${inject("databaseUrl")}?sslmode=verify-full`)).rejects.toMatchObject(
      withoutTls("it has none"),
    );
  });
});
