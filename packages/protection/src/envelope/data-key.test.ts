import { describe, expect, it } from "vitest";
import { createEnvelope } from "./envelope.ts";
import { createMasterKey } from "./master-key.ts";
import type { ValueContext } from "./value-context.ts";

const envelope = () => createEnvelope([createMasterKey(1, Buffer.alloc(32, 1))]);
const place: ValueContext = { tenantId: "t", table: "runs", row: "r", column: "data_key" };
const unreadable = expect.objectContaining({ code: "unreadable" });

describe("a data key that values share", () => {
  it("opens them again, in another process too", () => {
    const key = envelope().createDataKey(place);
    const sealed = ["input", "1-2"].map((item) => [item, key.seal(`of ${item}`, item)] as const);
    const opened = envelope().openDataKey(key.wrapped, place);
    for (const [item, text] of sealed)
      expect(opened.open(text, item).toString()).toBe(`of ${item}`);
    expect(opened.wrapped).toBe(key.wrapped);
  });

  it("is stored once: its values have nothing of it", () => {
    const key = envelope().createDataKey(place);
    expect(key.wrapped).toMatch(/^datakey1\.1\.[\w-]{91}$/);
    expect(key.seal("", "input")).toMatch(/^keyed1\.[\w-]{38}$/);
  });

  it("opens each as what it was sealed for alone", () => {
    const key = envelope().createDataKey(place);
    const sealed = key.seal("x", "1-2");
    for (const item of ["1-3", "", "1-2 "])
      expect(() => key.open(sealed, item)).toThrow(unreadable);
    const other = envelope().createDataKey(place);
    expect(() => other.open(sealed, "1-2")).toThrow(unreadable);
    for (const text of ["", "keyed1.", "x", sealed.slice(1), sealed.slice(0, -1), `${sealed}A`])
      expect(() => key.open(text, "1-2")).toThrow(unreadable);
  });

  it("opens in its own place alone, also where it has opened there before", () => {
    const one = envelope();
    const { wrapped } = one.createDataKey(place);
    one.openDataKey(wrapped, place);
    expect(() => one.openDataKey(wrapped, { ...place, row: "other" })).toThrow(unreadable);
  });

  it("is no sealed value, nor is such a one a data key", () => {
    const one = envelope();
    expect(() => one.open(one.createDataKey(place).wrapped, place)).toThrow(unreadable);
    expect(() => one.openDataKey(one.seal("x", place), place)).toThrow(unreadable);
    const [, version, wrapped] = one.seal("x", place).split(".");
    expect(() => one.openDataKey(`datakey1.${version}.${wrapped}`, place)).toThrow(unreadable);
  });

  it("is unwrapped once while it is among the last thousand", () => {
    const one = envelope();
    const { wrapped } = one.createDataKey(place);
    const opened = one.openDataKey(wrapped, place);
    expect(one.openDataKey(wrapped, place)).toBe(opened);
    for (let index = 0; index < 1000; index += 1)
      one.createDataKey({ ...place, row: String(index) });
    expect(one.openDataKey(wrapped, place)).not.toBe(opened);
  });

  it("is rotated by itself, and its values stay", () => {
    const key = envelope().createDataKey(place);
    const sealed = key.seal("x", "input");
    const second = createMasterKey(2, Buffer.alloc(32, 2));
    const both = createEnvelope([second, createMasterKey(1, Buffer.alloc(32, 1))]);
    const rewrapped = both.rewrap(key.wrapped, place) ?? "";
    expect(rewrapped).toMatch(/^datakey1\.2\./);
    const newest = createEnvelope([second]).openDataKey(rewrapped, place);
    expect(newest.open(sealed, "input").toString()).toBe("x");
  });
});
