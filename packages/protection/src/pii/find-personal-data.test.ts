import { describe, expect, it } from "vitest";
import { findPersonalData } from "./find-personal-data.ts";
import type { FindOptions } from "./personal-data.ts";
import { replaceFindings } from "./replace-findings.ts";

const shown = (text: string, options?: FindOptions): string =>
  replaceFindings(text, findPersonalData(text, options), { found: ({ kind }) => `[${kind}]` });

describe("findPersonalData", () => {
  it("says what and where, in UTF-16 code units", () => {
    expect(findPersonalData("👍 ada@example.com, 203.0.113.7")).toEqual([
      { kind: "email", start: 3, end: 18 },
      { kind: "machine_address", start: 20, end: 31 },
    ]);
    expect(findPersonalData("")).toEqual([]);
  });

  it.each([
    [
      "Ada (ada@example.com, +49 30 901820) paid with 4111 1111 1111 1111 from DE89 3704 0044 0532 0130 00.",
      "Ada ([email], [phone]) paid with [card] from [iban].",
    ],
    [
      "SSN 536-90-4399 at 203.0.113.7 with sk-proj-abcDEF123456",
      "SSN [national_id] at [machine_address] with [credential]",
    ],
    [
      "postgres://ada:hunter2@db.example.com:5432/x",
      "postgres://ada:[credential]@db.example.com:5432/x",
    ],
    ["::ffff:203.0.113.7", "[machine_address]"],
    ["password=ada@example.com", "password=[credential]"],
    ["mail.example.com/?email=ada%40example.com", "mail.example.com/?email=[email]"],
  ])("finds each as what it is: %s", (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    ["full-width digits", "４１１１ １１１１ １１１１ １１１１", "[card]"],
    ["Arabic digits", "call +٤٩ ٣٠ ٩٠١٨٢٠", "call [phone]"],
    ["zero-width characters", "j\u200boe@exa\u00admple.com!", "[email]!"],
    [
      "non-breaking spaces and dashes",
      "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000, 536–90–4399",
      "[iban], [national_id]",
    ],
  ])("is not fooled by %s", (_trap, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    [
      "letters that only look alike stay letters",
      "іо@еxample.соm is found, as any address is",
      "[email] is found, as any address is",
    ],
    ["numbers in words", "four one one one", "four one one one"],
    ["Base64", "YWRhQGV4YW1wbGUuY29t", "YWRhQGV4YW1wbGUuY29t"],
    ["digit by digit", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"],
  ])("ends there: %s", (_what, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it("leaves nothing to find in what it was redacted to", () => {
    const text =
      "ada@example.com +4930901820 4111111111111111 536-90-4399 203.0.113.7 la_k1_c2VjcmV0c2VjcmV0";
    const once = shown(text, { defaultCountry: "DE" });
    expect(findPersonalData(once, { defaultCountry: "DE" })).toEqual([]);
  });
});
