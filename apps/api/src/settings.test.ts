import { readSettings } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { apiSettings, withGuardedHost } from "./settings.ts";

const settings = withGuardedHost(apiSettings);
const key = "sixteen-characters";

describe("settings of the API", () => {
  it("listens on loopback, port 8000, without a key by default", () => {
    expect(readSettings(settings, {})).toEqual({
      HOST: "127.0.0.1",
      PORT: 8000,
      LLAMAAGENT_FETCH_ALLOW: expect.any(Object),
    });
  });

  it.each(["0.0.0.0", "::", "192.168.1.2", "example.com", "localhost.example.com", "128.0.0.1"])(
    "refuses %s without a key, and takes it with one",
    (HOST) => {
      expect(() => readSettings(settings, { HOST })).toThrow(
        "LLAMAAGENT_API_KEY: is needed where HOST is not a loopback address",
      );
      expect(readSettings(settings, { HOST, LLAMAAGENT_API_KEY: key })).toMatchObject({ HOST });
    },
  );

  it.each(["127.0.0.1", "127.9.9.9", "::1", "localhost"])("takes %s without a key", (HOST) => {
    expect(readSettings(settings, { HOST })).toMatchObject({ HOST });
  });

  it("lists the missing key together with the other faults", () => {
    expect(() => readSettings(settings, { HOST: "0.0.0.0", PORT: "x" })).toThrow(
      /PORT: .*\n.*LLAMAAGENT_API_KEY: is needed/s,
    );
    expect(() => readSettings(settings, { LLAMAAGENT_API_KEY: "short" })).toThrow(
      "LLAMAAGENT_API_KEY: must have at least 16 characters",
    );
  });

  it.each([
    " leading-blank-key",
    "key with blanks inside",
    "schlüssel-0123456789",
    "key\t0123456789abc",
  ])("refuses a key that no header could carry: %j", (LLAMAAGENT_API_KEY) => {
    expect(() => readSettings(settings, { LLAMAAGENT_API_KEY })).toThrow(
      "LLAMAAGENT_API_KEY: must have printable ASCII characters only, and no blanks",
    );
  });

  it("takes a key of all that a header can carry", () => {
    const LLAMAAGENT_API_KEY = "!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~";
    expect(readSettings(settings, { LLAMAAGENT_API_KEY })).toMatchObject({ LLAMAAGENT_API_KEY });
  });
});
