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
    expect(given).toEqual({
      HOST: "127.0.0.1",
      PORT: 8000,
      LLAMAAGENT_FETCH_ALLOW: expect.any(Object),
    });
    expect(asksForKeys(given)).toBe(false);
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
