import type { Span } from "./personal-data.ts";

export interface FoldedText {
  text: string;
  /** Where a span of the folded text lies in the original. */
  originalSpan: (span: Span) => Span;
}

const beyondAscii = /[^\p{ASCII}]/u;
const digit = /\p{Nd}/u;
const dash = /[\u2010-\u2015\u2212]/u;
const space = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/u;
const fullWidth = /[\uff01-\uff5e]/u;
/** Those, and what is not seen: zero-width characters, soft hyphens, marks of direction, tags. */
const foldable = new RegExp(
  `(?!\\p{ASCII})(?:\\p{Default_Ignorable_Code_Point}|${[digit, dash, space, fullWidth].map(({ source }) => source).join("|")})`,
  "gu",
);

/**
 * The text as a reader would copy it on a plain keyboard: digits of all scripts, full-width forms,
 * dashes and spaces as ASCII's, what is not seen left out. It ends there: letters that only look
 * alike (a Cyrillic "а"), numbers in words and encoded texts (Base64) stay what they are.
 */
export function foldText(text: string): FoldedText {
  if (!beyondAscii.test(text) || text.search(foldable) === -1)
    return { text, originalSpan: (span) => span };

  const pieces: string[] = [];
  /** The place in the original of each unit of the folded text. */
  const origins = new Uint32Array(text.length);
  let length = 0;
  let kept = 0;
  const keep = (end: number): void => {
    pieces.push(text.slice(kept, end));
    for (; kept < end; kept++) origins[length++] = kept;
  };
  for (const { 0: character, index } of text.matchAll(foldable)) {
    keep(index);
    const folded = foldedCharacter(character);
    pieces.push(folded);
    if (folded !== "") origins[length++] = index;
    kept = index + character.length;
  }
  keep(text.length);

  const folded = pieces.join("");
  const origin = (at: number): number => origins[at] ?? text.length;
  /** Digits beyond the basic plane are two units of the original and one of the folded text. */
  const unitsAt = (at: number): number =>
    digit.test(folded[at] ?? "")
      ? String.fromCodePoint(text.codePointAt(origin(at)) ?? 0).length
      : 1;
  return {
    text: folded,
    originalSpan: ({ start, end }) => ({
      start: origin(start),
      end: origin(end - 1) + unitsAt(end - 1),
    }),
  };
}

/** There are a few thousand of them; a long text has the same ones again and again. */
const foldedCharacters = new Map<string, string>();

function foldedCharacter(character: string): string {
  const known = foldedCharacters.get(character);
  if (known !== undefined) return known;
  const folded = fold(character);
  foldedCharacters.set(character, folded);
  return folded;
}

function fold(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (fullWidth.test(character)) return String.fromCodePoint(code - 0xfee0);
  if (digit.test(character)) return String(digitValue(code));
  if (dash.test(character)) return "-";
  return space.test(character) ? " " : "";
}

/** Digits of a script are ten code points from zero on (Unicode Standard, section 4.6). */
function digitValue(code: number): number {
  let zero = code;
  while (digit.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}
