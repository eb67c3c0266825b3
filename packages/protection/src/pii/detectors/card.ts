import { type DigitWindow, takenWindows } from "../digit-windows.ts";
import type { Detector, Span } from "../personal-data.ts";
import { isWordNear } from "../word-near.ts";

/** Prefixes that card schemes publish, with the lengths of their numbers (ISO/IEC 7812-1: up to 19). */
const schemes: { prefix: RegExp; lengths: number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] }, // Visa
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] }, // Mastercard
  { prefix: /^3[47]/, lengths: [15] }, // American Express
  { prefix: /^(?:6011|64[4-9]|65)/, lengths: [16, 17, 18, 19] }, // Discover
  { prefix: /^(?:30[0-5]|3095|36|3[89])/, lengths: [14, 16, 17, 18, 19] }, // Diners Club
  { prefix: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] }, // JCB
  { prefix: /^(?:62|81)/, lengths: [16, 17, 18, 19] }, // UnionPay
  { prefix: /^(?:508|60|82)/, lengths: [16] }, // RuPay
  { prefix: /^220[0-4]/, lengths: [16, 17, 18, 19] }, // Mir
  { prefix: /^(?:50|5[6-8]|639|67)/, lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro
];
const DIGITS_MIN = 13;
const DIGITS_MAX = 19;

/** Visa's old length is also that of the barcodes of goods (EAN-13), many of which begin with 4. */
const BARCODE_DIGITS = 13;
const words = /card|visa|karte|carte|tarjeta|carta|cartão/i;

/** ISO/IEC 7812-1, annex B: every second digit from the right counts double, its own digits added. */
function hasLuhnChecksum(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const value = Number(digits[at]) * (double ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

function isCard(text: string, window: DigitWindow): boolean {
  const { digits, start, end } = window;
  if (digits.length < DIGITS_MIN) return false;
  // A part of a word, or of a number with a fraction.
  if (/(?:[\p{L}_]|\d[.,])$/u.test(text.slice(Math.max(0, start - 2), start))) return false;
  if (/^(?:[\p{L}_]|[.,]\d)/u.test(text.slice(end, end + 2))) return false;
  return (
    schemes.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits)) &&
    hasLuhnChecksum(digits) &&
    (digits.length !== BARCODE_DIGITS || isWordNear(text, window, words))
  );
}

function* find(text: string): Iterable<Span> {
  for (const { 0: run, index } of text.matchAll(/\d[\d -]{12,}/g))
    yield* takenWindows(
      { text: run, start: index },
      { digitsMax: DIGITS_MAX, isTaken: (window) => isCard(text, window) },
    );
}

/** Numbers of payment cards, in one piece or in groups parted by spaces or hyphens. */
export const card: Detector = {
  kind: "card",
  mayHold: (text) => /\d[\d -]{12}/.test(text),
  find,
};
