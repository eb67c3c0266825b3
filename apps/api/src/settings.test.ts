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

  it("takes a certificate with its key, and neither alone", () => {
    const LLAMAAGENT_TLS_CERT_PATH = "/run/tls/tls.crt";
    const LLAMAAGENT_TLS_KEY_PATH = "/run/tls/tls.key";
    const read = (given: Record<string, string>) => () => readSettings(settings, given);
    expect(read({ LLAMAAGENT_TLS_CERT_PATH, LLAMAAGENT_TLS_KEY_PATH })).not.toThrow();
    for (const half of [{ LLAMAAGENT_TLS_CERT_PATH }, { LLAMAAGENT_TLS_KEY_PATH }])
      expect(read(half)).toThrow(/^LLAMAAGENT_TLS_CERT_PATH: must be set where .* and not without/);
  });

  it("does not start where nothing would be verified", () => {
    const read = (value: string) => () =>
      readSettings(settings, { NODE_TLS_REJECT_UNAUTHORIZED: value });
    expect(read("0")).toThrow(/^NODE_TLS_REJECT_UNAUTHORIZED: must not be `0`/);
    // Node looks for nothing but `0`.
    for (const value of ["1", "false", ""]) expect(read(value)).not.toThrow();
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

  it("reads the origins of pages elsewhere", () => {
    const read = (LLAMAAGENT_CORS_ORIGINS: string, env: object = { LLAMAAGENT_AUTH: "required" }) =>
      readSettings(settings, { LLAMAAGENT_CORS_ORIGINS, ...env }).LLAMAAGENT_CORS_ORIGINS;
    const app = "https://app.example.com";
    expect(read(app)).toEqual([app]);
    const more = [
      app,
      "http://localhost:5173",
      "http://[::1]:3000",
      "https://xn--bcher-kva.example",
    ];
    expect(read(more.join(" , "))).toEqual(more);
    expect(readSettings(settings, {})).not.toHaveProperty("LLAMAAGENT_CORS_ORIGINS");
    expect(read(app, { HOST: "0.0.0.0" })).toEqual([app]);
  });

  it.each([
    "*",
    "null",
    "app.example.com",
    "https://app.example.com/",
    "https://app.example.com/path",
    "https://app.example.com:443",
    "https://App.example.com",
    "https://bücher.example",
    "https://*.example.com",
    "https://user@app.example.com",
    "file:///page.html",
    "chrome-extension://abcdefgh",
    "https://app.example.com,",
    "https://app.example.com,*",
  ])("takes no origin written as %s", (LLAMAAGENT_CORS_ORIGINS) => {
    const env = { LLAMAAGENT_CORS_ORIGINS, LLAMAAGENT_AUTH: "required" };
    expect(() => readSettings(settings, env)).toThrow(
      /^LLAMAAGENT_CORS_ORIGINS: must be origins as browsers send them/,
    );
  });

  it("lets no page of another machine use a server that asks for no key", () => {
    const read = (LLAMAAGENT_CORS_ORIGINS: string) => () =>
      readSettings(settings, { LLAMAAGENT_CORS_ORIGINS });
    for (const origins of ["https://app.example.com", "http://localhost:1,https://a.example"])
      expect(read(origins)).toThrow(
        "LLAMAAGENT_CORS_ORIGINS: must name no origin of another machine where no key is asked for: set LLAMAAGENT_AUTH=required",
      );
    expect(read("http://localhost:5173,http://127.0.0.1:3000,http://[::1]:1")).not.toThrow();
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
