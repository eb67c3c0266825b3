import { mapStrings } from "./map-strings.ts";
import type { PersonalDataKind } from "./personal-data.ts";
import { createTokenRestorer, type TokenRestorer } from "./token-restorer.ts";
import { type TokenName, tokenWord, tokenWords } from "./token-words.ts";

/**
 * Words such as `<email_1>` in the place of values, one for each value, and the way back. What
 * looked like one before is kept apart too, as `<text_1>`: no text can name another's value, and
 * `restore` gives back exactly what was there. A scope lives as long as what it is about, say one
 * run; equal texts in equal order give equal words in another scope too.
 */
export interface PersonalDataTokens {
  /** The word for a value as it is written: `a@b.example` and `A@b.example` are two. */
  tokenFor: (kind: PersonalDataKind, value: string) => string;
  /** The text with tokens in the place of words that only look like tokens. */
  keepApart: (text: string) => string;
  /** The values in the place of their words, in a text or in the texts of any JSON value. */
  restore: <Value>(value: Value) => Value;
  /** The same for one text that comes in pieces. */
  restorer: () => TokenRestorer;
}

export function createPersonalDataTokens(): PersonalDataTokens {
  const tokenOf = new Map<string, string>();
  const valueOf = new Map<string, string>();
  const counts = new Map<TokenName, number>();

  function tokenFor(name: TokenName, value: string): string {
    const key = `${name} ${value}`;
    const known = tokenOf.get(key);
    if (known !== undefined) return known;
    const count = (counts.get(name) ?? 0) + 1;
    const token = tokenWord(name, count);
    counts.set(name, count);
    tokenOf.set(key, token);
    valueOf.set(token, value);
    return token;
  }

  /** Words that stand for nothing, which models invent, stay. */
  const restoreText = (text: string): string =>
    text.replace(tokenWords, (token) => valueOf.get(token) ?? token);

  return {
    tokenFor,
    keepApart: (text) => text.replace(tokenWords, (word) => tokenFor("text", word)),
    restore: (value) => mapStrings(value, restoreText),
    restorer: () => createTokenRestorer(restoreText),
  };
}
