import { describe, expect, it } from "vitest";
import { foldText } from "./fold-text.ts";

describe("foldText", () => {
  it.each([
    ["ASCII stays", "a1 -", "a1 -"],
    ["letters of other scripts stay", "Ünïcode 日本 а", "Ünïcode 日本 а"],
    ["full-width forms", "ａｄａ＠ｅ．ｃｏｍ　１２", "ada@e.com 12"],
    ["Arabic, Devanagari and mathematical digits", "٠١٩ ०९ 𝟎𝟗𝟘𝟡", "019 09 0909"],
    ["dashes and spaces", "1–2—3−4\u00a05\u20096", "1-2-3-4 5 6"],
    ["what is not seen", "4\u200b1\u200d1\u00ad1\u20601\ufeff", "41111"],
    ["marks of direction and tags", "\u202e12\u{e0041}3", "123"],
    ["pictures", "👍🏽 1", "👍🏽 1"],
  ])("%s", (_what, text, folded) => {
    expect(foldText(text).text).toBe(folded);
  });

  it("says where a span lies in the original, nothing of it left out and nothing more", () => {
    const text = "👍\u200b４\u00ad２ 𝟏\u200b!";
    const { text: folded, originalSpan } = foldText(text);
    expect(folded).toBe("👍42 1!");
    const original = (start: number, end: number) => {
      const span = originalSpan({ start, end });
      return text.slice(span.start, span.end);
    };
    expect(original(2, 4)).toBe("４\u00ad２");
    expect(original(5, 6)).toBe("𝟏");
    expect(original(5, 7)).toBe("𝟏\u200b!");
    expect(original(0, 2)).toBe("👍");
    expect(original(0, folded.length)).toBe(text);
  });

  it("knows the value of each digit of each script", () => {
    const digits = Array.from({ length: 0x11_0000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((character) => /\p{Nd}/u.test(character));
    expect(digits.length).toBeGreaterThan(600);
    // Ten by ten, from zero on: how Unicode has them.
    const values = digits.map((character) => foldText(character).text);
    expect(values).toEqual(digits.map((_, at) => String(at % 10)));
  });
});
