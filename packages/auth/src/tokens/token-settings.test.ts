import { readSettings } from "@llamaagent/core";
import { expect, it } from "vitest";
import { tokenSettings } from "./token-settings.ts";

const read = (LLAMAAGENT_JWT_KEYS: string) => readSettings(tokenSettings, { LLAMAAGENT_JWT_KEYS });
const secret = "x".repeat(32);

it("reads the keys in their order, a secret with whatever base64 has in it", () => {
  const base64 = `${"a+/=".repeat(8)}:=`;
  expect(read(`2026-12:${base64}, old:${secret}`)).toEqual({
    LLAMAAGENT_JWT_KEYS: [
      { kid: "2026-12", secret: base64 },
      { kid: "old", secret },
    ],
  });
});

it.each([
  ["a secret of 31 bytes", `a:${"x".repeat(31)}`, /at least 32 bytes/],
  ["no id", secret, /at least 32 bytes/],
  ["an empty id", `:${secret}`, /`<id>:<secret>/],
  ["an id of other letters", `../a:${secret}`, /`<id>:<secret>/],
  ["two of one id", `a:${secret},a:${secret}x`, /no two keys the same/],
])("refuses %s, and never shows it", (_what, given, fault) => {
  expect(() => read(given)).toThrow(fault);
  expect(() => read(given)).not.toThrow(/xxxxxxxx/);
});
