import { readSettings } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { apiSettings, asksForKeys, withGuardedHost } from "./settings.ts";

const settings = withGuardedHost(apiSettings);
const elsewhere = [
  "0.0.0.0",
  "::",
  "192.168.1.2",
  "example.com",
  "localhost.example.com",
  "128.0.0.1",
];

describe("settings of the API", () => {
  it("listens on loopback, port 8000, without keys by default", () => {
    const given = readSettings(settings, {});
    expect(given).toMatchObject({ HOST: "127.0.0.1", PORT: 8000 });
    expect(given).not.toHaveProperty("LLAMAAGENT_AUTH");
    expect(asksForKeys(given)).toBe(false);
  });

  it("refuses tokens and issuers where nobody would be asked who calls", () => {
    const LLAMAAGENT_JWT_KEYS = `a:${"x".repeat(32)}`;
    const fault = /LLAMAAGENT_AUTH: must be `required`/;
    const read = (given: Record<string, string>) => () => readSettings(settings, given);
    expect(read({ LLAMAAGENT_JWT_KEYS })).toThrow(fault);
    expect(read({ LLAMAAGENT_JWT_KEYS, LLAMAAGENT_AUTH: "required" })).not.toThrow();
    expect(read({ LLAMAAGENT_JWT_KEYS, LLAMAAGENT_AUTH: "off" })).not.toThrow();
    expect(read({ LLAMAAGENT_JWT_KEYS, HOST: "0.0.0.0" })).not.toThrow();
    const LLAMAAGENT_OIDC_ISSUERS = JSON.stringify([
      {
        name: "corp",
        issuer: "https://id.example.com",
        jwks_uri: "https://id.example.com/jwks",
        audience: "a",
        tenant: "00000000-0000-7000-8000-000000000001",
        roles: ["viewer"],
      },
    ]);
    const LLAMAAGENT_PUBLIC_URL = "https://agents.example.com";
    expect(read({ LLAMAAGENT_OIDC_ISSUERS, LLAMAAGENT_PUBLIC_URL })).toThrow(fault);
    const guarded = { LLAMAAGENT_OIDC_ISSUERS, LLAMAAGENT_AUTH: "required" };
    expect(read(guarded)).toThrow(/LLAMAAGENT_PUBLIC_URL: must be set/);
    expect(read({ ...guarded, LLAMAAGENT_PUBLIC_URL })).not.toThrow();
    for (const url of ["https://a/b:c", "https://a/?x", "https://a/*"])
      expect(read({ ...guarded, LLAMAAGENT_PUBLIC_URL: url })).toThrow(/a plain path/);
  });

  it.each([
    ["10.0.0.1, fd00::/8", ["10.0.0.1", "fd00::/8"]],
    ["127.0.0.1", ["127.0.0.1"]],
  ])("reads trusted proxies: %s", (LLAMAAGENT_TRUSTED_PROXIES, expected) => {
    const read = readSettings(settings, { LLAMAAGENT_TRUSTED_PROXIES });
    expect(read.LLAMAAGENT_TRUSTED_PROXIES).toEqual(expected);
  });

  it.each(["true", "everybody", "10.0.0.0/99"])("trusts no proxy called %s", (given) => {
    const read = () => readSettings(settings, { LLAMAAGENT_TRUSTED_PROXIES: given });
    expect(read).toThrow(/LLAMAAGENT_TRUSTED_PROXIES/);
  });

  it.each(elsewhere)("asks for keys on %s, and refuses not to", (HOST) => {
    expect(asksForKeys(readSettings(settings, { HOST }))).toBe(true);
    const required = readSettings(settings, { HOST, LLAMAAGENT_AUTH: "required" });
    expect(asksForKeys(required)).toBe(true);
    expect(() => readSettings(settings, { HOST, LLAMAAGENT_AUTH: "off" })).toThrow(
      "LLAMAAGENT_AUTH: must not be `off` where HOST is not a loopback address",
    );
  });

  it.each(["127.0.0.1", "127.9.9.9", "::1", "localhost"])(
    "asks for keys on %s if told to",
    (HOST) => {
      const asks = (env: object) => asksForKeys(readSettings(settings, { HOST, ...env }));
      expect([{}, { LLAMAAGENT_AUTH: "off" }, { LLAMAAGENT_AUTH: "required" }].map(asks)).toEqual([
        false,
        false,
        true,
      ]);
    },
  );

  it("does not go on without keys where it had one in former versions", () => {
    const LLAMAAGENT_API_KEY = "sixteen-characters";
    expect(() => readSettings(settings, { LLAMAAGENT_API_KEY })).toThrow(
      "LLAMAAGENT_AUTH: must be `required` or `off` where LLAMAAGENT_API_KEY is set",
    );
    for (const LLAMAAGENT_AUTH of ["off", "required"])
      expect(readSettings(settings, { LLAMAAGENT_API_KEY, LLAMAAGENT_AUTH })).toMatchObject({
        LLAMAAGENT_AUTH,
      });
  });

  it("lists what is wrong together with the other faults", () => {
    const env = { HOST: "0.0.0.0", PORT: "x", LLAMAAGENT_AUTH: "off" };
    expect(() => readSettings(settings, env)).toThrow(/PORT: .*\n.*LLAMAAGENT_AUTH: must not be/s);
    expect(() => readSettings(settings, { LLAMAAGENT_AUTH: "yes" })).toThrow("LLAMAAGENT_AUTH: ");
  });
});
