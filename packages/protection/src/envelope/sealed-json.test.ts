import type { Json } from "@llamaagent/core";
import { describe, expect, it } from "vitest";
import { createEnvelope } from "./envelope.ts";
import { createMasterKey } from "./master-key.ts";
import { openJson, plainJson, sealJson } from "./sealed-json.ts";

const envelope = createEnvelope([createMasterKey(1, Buffer.alloc(32, 1))]);
const place = { tenantId: "t", table: "runs", row: "r", column: "output" };
const seal = (text: string) => envelope.seal(text, place);
const open = (text: string) => envelope.open(text, place);
const never = () => expect.unreachable();

const values: Json[] = [
  null,
  0,
  "",
  "sealed1.1.x.y",
  [],
  {},
  { a: [1, { b: null }] },
  { $sealed: "sealed1.1.x.y" },
  { $sealed: 1 },
  { $$sealed: { $sealed: "x" } },
  { $$$sealed: [] },
  { $sealed: "x", more: 1 },
  { sealed: "x" },
  [{ $sealed: "x" }],
  { deep: { $sealed: "x" } },
];

describe("a JSON column of sealed and plain values", () => {
  it.each(values.map((value) => [JSON.stringify(value), value]))("has %s sealed", (_, value) => {
    const stored = sealJson(value, seal);
    expect(Object.keys(stored as object)).toEqual(["$sealed"]);
    expect(openJson(stored, open)).toEqual(value);
  });

  it.each(values.map((value) => [JSON.stringify(value), value]))("has %s plain", (_, value) => {
    expect(openJson(plainJson(value), never)).toEqual(value);
  });

  it("stores what a caller made to look sealed as something else", () => {
    const sealed = sealJson("another's secret", seal);
    expect(plainJson(sealed)).toEqual({ $$sealed: expect.stringMatching(/^sealed1\./) });
    expect(plainJson({ $$sealed: 1 })).toEqual({ $$$sealed: 1 });
    expect(plainJson({ a: sealed })).toEqual({ a: sealed });
  });

  it("does not pass off as plain what cannot be opened", () => {
    const unreadable = expect.objectContaining({ code: "unreadable" });
    for (const stored of [{ $sealed: "sealed1.1.x.y" }, { $sealed: "x" }, { $sealed: 1 }])
      expect(() => openJson(stored, open)).toThrow(unreadable);
  });
});
