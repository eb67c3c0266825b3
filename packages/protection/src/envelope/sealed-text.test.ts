import { expect, it } from "vitest";
import { createEnvelope } from "./envelope.ts";
import { createMasterKey } from "./master-key.ts";
import { isSealed } from "./sealed-text.ts";

const envelope = createEnvelope([createMasterKey(999_999_999, Buffer.alloc(32, 1))]);
const place = { tenantId: "t", table: "a", row: "r", column: "c" };

it("tells what is sealed by its form", () => {
  const dataKey = envelope.createDataKey(place);
  for (const text of [envelope.seal("", place), dataKey.wrapped, dataKey.seal("", "x")])
    expect(isSealed(text)).toBe(true);
});

it.each([
  "",
  "whsec_ZXhhbXBsZSBvbmx5LCBub3QgYSByZWFsIHNlY3JldC4=",
  "sealed1",
  "sealed1.1.AAAA",
  "sealed1.0.AAAA.AAAA",
  "sealed1.01.AAAA.AAAA",
  "sealed1.1234567890.AAAA.AAAA",
  "sealed1.1.AAAA.AAAA.AAAA",
  "sealed1.1.AAAA.AA=",
  "sealed1.1.AAAA.AAAA\n",
  " sealed1.1.AAAA.AAAA",
  "sealed2.1.AAAA.AAAA",
  "datakey1.1.AAAA.AAAA",
  "keyed1.",
])("takes '%s' for plain", (text) => {
  expect(isSealed(text)).toBe(false);
});
