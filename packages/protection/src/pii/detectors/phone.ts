import { isIP } from "node:net";
import { type DigitWindow, GROUPS_MAX, takenWindows } from "../digit-windows.ts";
import {
  type Country,
  internationalNumber,
  nationalNumber,
  trunkPrefixOf,
} from "../numbering-plans.ts";
import type { Detector, FindOptions, Span } from "../personal-data.ts";
import { isWordNear } from "../word-near.ts";

/** `00` only where a calling code stands apart from the rest: order numbers begin with zeros, too. */
const international =
  /(?:(?<![\w+])(?:\+|%2B)|(?<![\w.,+-])00(?=[1-9]\d{0,2}[ (./-]))(?<rest>[\d ()./-]{7,30})/gi;
const mayHoldInternational = /\+|%2B|00[1-9]/i;
/** E.164. */
const DIGITS_MAX = 15;

const words = /\b(?:tel|phone|fon|mobil|cell|fax|call\b|ruf|whatsapp|sms)|phone|telefon/i;
/** Days, and what begins with a year: "2026-11-30 19", "2026-000123". */
const date = /^(?:(?:19|20)\d\d[-/.]|\d\d?([-./ ])\d\d?\1(?:19|20)?\d\d(?!\d|\1))/;
/** A part of a word, of a longer number, of a time, of a sum of money. */
const joinedBefore = /(?:[\p{L}_/-]|\d[.:]|[$€£¥] ?)$/u;
const joinedAfter = /^(?:[\p{L}_]|[./:-]\d|,\d\d(?!\d)| ?[%$€£¥])/u;

/** "+44 (0)20 …": the zero is for those who call within the country. */
const digitsOf = (written: string): string => written.replace("(0)", "").replace(/\D/g, "");

/** "(030) 901820": the parenthesis before the first digit is a part of it. */
function withParenthesis(text: string, { start, end }: Span): Span {
  const isOpen = text[start - 1] === "(" && /^[^(]*\)/.test(text.slice(start, end));
  return { start: isOpen ? start - 1 : start, end };
}

function* findInternational(text: string): Iterable<Span> {
  for (const { 0: match, index, groups } of text.matchAll(international)) {
    const rest = groups?.["rest"] ?? "";
    const from = index + match.length - rest.length;
    // Ends of groups of digits, the last first: other figures may follow the number.
    const ends = Array.from(rest.matchAll(/\d(?!\d)/g), (end) => end.index + 1);
    const length = ends
      .slice(0, GROUPS_MAX)
      .findLast(
        (end) =>
          !/\d/.test(text[from + end] ?? "") &&
          internationalNumber(digitsOf(rest.slice(0, end))) !== undefined,
      );
    if (length !== undefined) yield withParenthesis(text, { start: index, end: from + length });
  }
}

/**
 * Digits alone are any number. A word near by makes them a phone's, an area code in parentheses, the
 * zero that calls within the country begin with, or, where they begin with none, grouping.
 */
function isWrittenAsNational(text: string, window: DigitWindow, country: Country): boolean {
  const { digits, start, groups } = window;
  const trunkPrefix = trunkPrefixOf(country);
  return (
    (trunkPrefix === "0" ? digits.startsWith("0") : groups > 1) ||
    text[start - 1] === "(" ||
    isWordNear(text, window, words)
  );
}

function isNational(text: string, window: DigitWindow, country: Country): boolean {
  const { digits, start, end } = window;
  // First what turns down most, for this is asked for each group of a text's digits.
  if (nationalNumber(digits, country) === undefined) return false;
  const written = text.slice(start, end);
  return (
    isWrittenAsNational(text, window, country) &&
    !joinedBefore.test(text.slice(Math.max(0, start - 2), start)) &&
    !joinedAfter.test(text.slice(end, end + 4)) &&
    !date.test(written) &&
    isIP(written) === 0
  );
}

function* findNational(text: string, country: Country): Iterable<Span> {
  for (const { 0: run, index } of text.matchAll(/\d[\d ()./-]{5,}/g)) {
    const isTaken = (window: DigitWindow): boolean => isNational(text, window, country);
    const taken = takenWindows({ text: run, start: index }, { digitsMax: DIGITS_MAX, isTaken });
    for (const span of taken) yield withParenthesis(text, span);
  }
}

function* find(text: string, { defaultCountry }: FindOptions): Iterable<Span> {
  if (mayHoldInternational.test(text)) yield* findInternational(text);
  if (defaultCountry !== undefined) yield* findNational(text, defaultCountry);
}

/** A found number as E.164 has it, e.g. `+4930901820`, however it was written. */
export function phoneNumber(
  written: string,
  { defaultCountry }: FindOptions = {},
): string | undefined {
  const [, abroad, rest = written] = /^\(?(\+|%2B|00)(.*)$/i.exec(written) ?? [];
  const digits = digitsOf(rest);
  const number =
    abroad === undefined
      ? defaultCountry && nationalNumber(digits, defaultCountry)
      : internationalNumber(digits);
  return number === undefined ? undefined : `+${number}`;
}

/** Numbers that a numbering plan has: with `+` or `00` any country's, else the default country's. */
export const phone: Detector = {
  kind: "phone",
  mayHold: (text) => /\d[\d ()./-]{5}/.test(text),
  find,
};
