import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createEnvelope } from "./envelope.ts";
import { createMasterKey } from "./master-key.ts";
import type { ValueContext } from "./value-context.ts";

const first = createMasterKey(1, Buffer.alloc(32, 0xab));
const second = createMasterKey(2, Buffer.alloc(32, 0xcd));
const envelope = createEnvelope([first]);
const place: ValueContext = {
  tenantId: "0199a6f0-0000-7000-8000-00000000000a",
  table: "webhook_keys",
  row: "0199a6f0-0000-7000-8000-00000000000b",
  column: "secret",
};
const unreadable = (detail: RegExp) =>
  expect.objectContaining({ code: "unreadable", message: expect.stringMatching(detail) });

describe("a sealed value", () => {
  it.each([0, 1, 15, 16, 17, 10 * 1024 * 1024])("of %i bytes opens again", (length) => {
    const plaintext = randomBytes(length);
    expect(envelope.open(envelope.seal(plaintext, place), place).equals(plaintext)).toBe(true);
  });

  it("of text is its UTF-8", () => {
    expect(envelope.open(envelope.seal("naïve 😀\0", place), place).toString()).toBe("naïve 😀\0");
  });

  it("is another each time, and names its master key", () => {
    const [a, b] = [envelope.seal("same", place), envelope.seal("same", place)];
    expect(a).toMatch(/^sealed1\.1\.[\w-]{91}\.[\w-]{43}$/);
    const [partsOfA, partsOfB] = [a.split("."), b.split(".")];
    expect(partsOfA[2]).not.toBe(partsOfB[2]);
    expect(partsOfA[3]).not.toBe(partsOfB[3]);
  });

  it.each([
    ["tenant", { ...place, tenantId: "0199a6f0-0000-7000-8000-00000000000c" }],
    ["table", { ...place, table: "webhook_key" }],
    ["row", { ...place, row: "0199a6f0-0000-7000-8000-00000000000c" }],
    ["column", { ...place, column: "secrets" }],
    ["split of the same letters", { ...place, table: "webhook_keys0", row: place.row.slice(1) }],
  ])("does not open in another %s", (_what, other) => {
    const sealed = envelope.seal("secret", place);
    expect(() => envelope.open(sealed, other)).toThrow(unreadable(/another row or column/));
    expect(() => envelope.rewrap(sealed, other)).toThrow();
  });

  it.each([0, 1, 2])("of %i bytes does not open with any bit of it flipped", (length) => {
    const sealed = Buffer.from(envelope.seal("x".repeat(length), place));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => envelope.open(flipped.toString("latin1"), place)).toThrow(unreadable(/./));
    }
  });

  it("does not open cut off anywhere, nor with anything behind it", () => {
    const sealed = envelope.seal("secret", place);
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => envelope.open(sealed.slice(0, length), place)).toThrow(unreadable(/./));
    for (const more of [".", ".AAAA", "A", "AAAA", "=", " ", "\n"])
      expect(() => envelope.open(sealed + more, place)).toThrow(unreadable(/./));
  });

  it("does not open with the parts of two put together", () => {
    const [a, b] = [envelope.seal("a", place).split("."), envelope.seal("b", place).split(".")];
    expect(() => envelope.open([...a.slice(0, 3), b[3]].join("."), place)).toThrow(
      unreadable(/changed/),
    );
  });

  it("says nothing of itself where it does not open", () => {
    const sealed = envelope.seal("hunter2", place);
    const other = createEnvelope([createMasterKey(1, Buffer.alloc(32, 0xef))]);
    for (const wrong of [() => other.open(sealed, place), () => envelope.open(`${sealed}A`, place)])
      try {
        wrong();
        expect.unreachable();
      } catch (error) {
        const shown = inspect(error, { depth: Infinity, showHidden: true });
        expect(shown).not.toContain("hunter2");
        expect(shown).not.toContain(sealed.slice(20, 60));
      }
  });

  it("that an earlier release has sealed opens", () => {
    const sealed =
      "sealed1.1.oYHK6_kZnXgjYju0N-uZEvvczlhSIULO6_jycC3u3KYs99lNBT1Yzy1Q9HE9-DAiKVpWnuMIZiZyGg9rXaB24pslQDo.eFcJcq_qWmtbhpILW49jgR9NDgSm8D_ES_SddbjzbnRtomHs2zvOq9mU";
    expect(envelope.open(sealed, place).toString()).toBe("kept for years");
  });
});

describe("master keys", () => {
  it("all open, the first seals", () => {
    const old = envelope.seal("old", place);
    const both = createEnvelope([second, first]);
    expect(both.version).toBe(2);
    expect(both.open(old, place).toString()).toBe("old");
    const sealed = both.seal("new", place);
    expect(sealed).toMatch(/^sealed1\.2\./);
    // A replica that is not told yet which one is to seal.
    expect(createEnvelope([first, second]).open(sealed, place).toString()).toBe("new");
  });

  it("that are not there are named", () => {
    const sealed = createEnvelope([second]).seal("x", place);
    expect(() => envelope.open(sealed, place)).toThrow(unreadable(/with master key 2, which/));
  });

  it("that took another's version are told from a change", () => {
    const other = createEnvelope([createMasterKey(1, Buffer.alloc(32, 0xef))]);
    expect(() => other.open(envelope.seal("x", place), place)).toThrow(
      unreadable(/another master key 1 than/),
    );
  });

  it("wrap anew without a touch of the ciphertext", () => {
    const both = createEnvelope([second, first]);
    const sealed = envelope.seal("secret", place);
    const rewrapped = both.rewrap(sealed, place) ?? "";
    expect(rewrapped).toMatch(/^sealed1\.2\./);
    expect(rewrapped.split(".")[3]).toBe(sealed.split(".")[3]);
    expect(createEnvelope([second]).open(rewrapped, place).toString()).toBe("secret");
    expect(both.rewrap(rewrapped, place)).toBeUndefined();
  });

  it("where there are none say which setting is missing", () => {
    const none = createEnvelope([]);
    expect(none.version).toBeUndefined();
    const missing = expect.objectContaining({
      code: "not_available",
      message: expect.stringContaining("LLAMAAGENT_MASTER_KEYS is not set"),
    });
    expect(() => none.seal("x", place)).toThrow(missing);
    expect(() => none.createDataKey(place)).toThrow(missing);
    expect(() => none.rewrap(envelope.seal("x", place), place)).toThrow(missing);
    expect(() => none.open(envelope.seal("x", place), place)).toThrow(unreadable(/master key 1/));
  });

  it("are of 32 bytes", () => {
    for (const length of [0, 16, 31, 33, 64])
      expect(() => createMasterKey(1, Buffer.alloc(length))).toThrow(RangeError);
  });

  it("are shown by nothing that shows things", () => {
    const dataKey = envelope.createDataKey(place);
    for (const thing of [first, envelope, dataKey])
      for (const shown of [
        inspect(thing, { depth: Infinity, showHidden: true }),
        JSON.stringify(thing),
      ])
        for (const bytes of ["abababab", "ab ab ab ab", "q6urq6ur", "171,171,171"])
          expect(shown.toLowerCase()).not.toContain(bytes.toLowerCase());
  });
});
