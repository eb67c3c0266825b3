import { describe, expect, it } from "vitest";
import { findPersonalData } from "../find-personal-data.ts";
import { harmless } from "../test/words.ts";

describe("what is no personal data", () => {
  it.each(harmless)("is left alone: %s", (text) => {
    expect(findPersonalData(text)).toEqual([]);
  });

  it.each(harmless)(
    "is left alone where phone numbers are looked for as in Germany: %s",
    (text) => {
      expect(findPersonalData(text, { defaultCountry: "DE" })).toEqual([]);
    },
  );

  it.each(harmless)("is left alone where phone numbers are looked for as in the US: %s", (text) => {
    expect(findPersonalData(text, { defaultCountry: "US" })).toEqual([]);
  });
});
