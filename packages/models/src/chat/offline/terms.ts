import { stem } from "./stem.ts";

export interface Token {
  /** Stemmed, lower case, without accents, British spelling made American. */
  term: string;
  /** As written. */
  surface: string;
  /** Place among the text's words; the parts of `maxRetries` stand at one place each, in order. */
  position: number;
  /** Of a whole identifier, which stands beside its parts: `maxretries` beside `max`, `retries`. */
  parts: string[];
}

const WORD =
  /\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)+|[\p{L}\p{N}\p{M}]+(?:_[\p{L}\p{N}\p{M}]+)+|[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)?/gu;

/**
 * The words of a text. `3,000` is `3000`; `parseModelId` and `parse_model_id` are `parsemodelid`
 * and also `parse`, `model`, `id`.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  for (const [surface] of text.matchAll(WORD)) {
    const parts = identifierParts(surface);
    if (parts.length > 1)
      tokens.push({
        term: toTerm(parts.join("")),
        surface,
        position,
        parts: parts.map(toTerm),
      });
    for (const part of parts)
      tokens.push({ term: toTerm(part), surface: part, position: position++, parts: [] });
  }
  return tokens;
}

function identifierParts(surface: string): string[] {
  if (/^\d+(?:[.,]\d+)+$/.test(surface)) return [surface];
  return (
    surface
      // What comes next is looked at first: from each of a million accents in a row it would go back to their beginning.
      .split(/_|(?=\p{Lu})(?<=\p{Ll}\p{M}*)|(?=\p{Lu}\p{Ll})(?<=\p{Lu}\p{Lu})/u)
      .filter((part) => part !== "")
  );
}

function toTerm(word: string): string {
  const plain = word
    .normalize("NFKD")
    .replaceAll(/\p{M}+|(?<=\d),(?=\d)/gu, "")
    .toLowerCase();
  const lower = plain.replace(/['’](?:s|t|re|ve|ll|d|m)$/, "");
  return stem(
    lower
      .replace(/isation(s?)$/, "ization$1")
      .replace(/(?<=.{3})is(e[sd]?|ing)$/, "iz$1")
      .replace(/(?<=.{3})our(s?)$/, "or$1")
      .replace(/^licenc(e[sd]?)$/, "licens$1"),
  );
}
