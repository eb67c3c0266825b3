import { uuidv7 } from "uuidv7";
import { expect, it } from "vitest";
import { newKeyText, readKeyText } from "./key-text.ts";

it("reads what it made, and makes another one each time", () => {
  const keyId = uuidv7();
  const [first, second] = [newKeyText(keyId), newKeyText(keyId)];
  expect(readKeyText(first.text)).toEqual({ keyId, secretHash: first.secretHash });
  expect(second.text).not.toBe(first.text);
  expect(second.secretHash).not.toEqual(first.secretHash);
  expect(first.text).not.toContain(Buffer.from(first.secretHash).toString("base64url"));
});

it.each([
  ["nothing", () => ""],
  ["another prefix", (key: string) => key.replace("la_", "sk_")],
  ["a shorter secret", (key: string) => key.slice(0, -1)],
  ["a longer secret", (key: string) => `${key}x`],
  ["an id in capitals", (key: string) => key.toUpperCase().replace("LA_", "la_")],
  ["a line break behind it", (key: string) => `${key}\n`],
])("takes %s for no key", (_what, change) => {
  expect(readKeyText(change(newKeyText(uuidv7()).text))).toBeUndefined();
});
