import { describe, expect, it } from "vitest";
import { words } from "../test/words.ts";
import { iban } from "./iban.ts";

describe("IBANs", () => {
  // The registry's own examples (SWIFT, IBAN Registry).
  it.each([
    ["DE89370400440532013000", ["DE89370400440532013000"]],
    ["IBAN: DE89 3704 0044 0532 0130 00, BIC", ["DE89 3704 0044 0532 0130 00"]],
    ["GB29 NWBK 6016 1331 9268 19", ["GB29 NWBK 6016 1331 9268 19"]],
    ["fr1420041010050500013m02606", ["fr1420041010050500013m02606"]],
    ["NL91-ABNA-0417-1643-00", ["NL91-ABNA-0417-1643-00"]],
    ["NO9386011117947", ["NO9386011117947"]],
    ["MT84MALT011000012345MTLCAST001S.", ["MT84MALT011000012345MTLCAST001S"]],
    [
      "CH9300762011623852957 ES9121000418450200051332",
      ["CH9300762011623852957", "ES9121000418450200051332"],
    ],
    ["DE89370400440532013000 AND MORE", ["DE89370400440532013000"]],
  ])("are found in: %s", (text, found) => {
    expect(words(iban, text)).toEqual(found);
  });

  it.each([
    "DE89370400440532013001", // checksum
    "DE8937040044053201300", // too short
    "DE893704004405320130000", // too long
    "XX89370400440532013000", // no country's
    "xDE89370400440532013000",
    "DE89 3704  0044 0532 0130 00", // two spaces
    "GB29NWBK6016133192681", // too short
    "ID12 3456 7890 1234 5678",
  ])("are not: %s", (text) => {
    expect(words(iban, text)).toEqual([]);
  });
});
