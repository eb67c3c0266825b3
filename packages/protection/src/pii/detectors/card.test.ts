import { describe, expect, it } from "vitest";
import { words } from "../test/words.ts";
import { card } from "./card.ts";

describe("payment cards", () => {
  it.each([
    ["4111111111111111", ["4111111111111111"]], // Visa
    ["4111 1111 1111 1111, 5555-5555-5555-4444", ["4111 1111 1111 1111", "5555-5555-5555-4444"]],
    ["2223003122003222", ["2223003122003222"]], // Mastercard's newer range
    ["3782 822463 10005 exp 12/29", ["3782 822463 10005"]], // American Express
    ["6011000990139424", ["6011000990139424"]], // Discover
    ["3056 930902 5904", ["3056 930902 5904"]], // Diners Club
    ["3530111333300000", ["3530111333300000"]], // JCB
    ["6200 0000 0000 0005", ["6200 0000 0000 0005"]], // UnionPay
    ["6759649826438453", ["6759649826438453"]], // Maestro
    ["my old visa card: 4222222222222", ["4222222222222"]],
    ["12 4111111111111111 123", ["4111111111111111"]],
    ["Visa-4111111111111111.", ["4111111111111111"]],
    ['{"number":"4111 1111 1111 1111"}', ["4111 1111 1111 1111"]],
  ])("are found in: %s", (text, found) => {
    expect(words(card, text)).toEqual(found);
  });

  it.each([
    "4111 1111 1111 1112", // checksum
    "1111111111111117", // no scheme's
    "9999999999999995",
    "411111111111", // too short
    "41111111111111111111", // too long
    "4222222222222", // a barcode's length, and nothing says that it is a card
    "a4111111111111111",
    "4111111111111111b",
    "0.4111111111111111",
    "4111111111111111.25",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", // spelled digit by digit
  ])("are not: %s", (text) => {
    expect(words(card, text)).toEqual([]);
  });

  it("are known by their checksum: of sixteen digits one in ten has it", () => {
    const last = Array.from({ length: 10 }, (_, digit) => `411111111111111${digit}`);
    expect(last.flatMap((text) => words(card, text))).toEqual(["4111111111111111"]);
  });
});
