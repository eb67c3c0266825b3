import { isGenericWord } from "./generic-words.ts";
import { focusOf } from "./question-focus.ts";
import { isStopWord } from "./stop-words.ts";
import { type Token, tokenize } from "./terms.ts";
import {
  type AnswerType,
  answerTypeOf,
  asksForFiles,
  type NumberAsked,
  measureOf,
  numberAsked,
  withoutPhrases,
} from "./question-words.ts";

export interface QuestionTerm {
  term: string;
  /** Of an identifier (`max_steps`): may be looked for instead where it is not to be found whole. */
  parts: string[];
  /** A code or number: where it is found, it says more than a word. */
  isIdentifier: boolean;
  /** Names, numbers and identifiers: an answer that lacks them is most likely none. */
  isAnchor: boolean;
  /** It says how something is asked; an answer may lack it. */
  isGeneric: boolean;
  /** It says what is asked for; an answer has it, or a synonym. */
  isFocus: boolean;
  /** The word to give to a text search: long enough to find inflections. */
  searchText: string;
  /** As it stands in the question. */
  surface: string;
}

export interface Question {
  text: string;
  terms: QuestionTerm[];
  /** Terms that stand side by side in the question. */
  pairs: (readonly [string, string])[];
  answerType: AnswerType;
  /** Nothing but a number answers it. */
  numberAsked: NumberAsked;
  asksForFiles: boolean;
}

export function parseQuestion(text: string): Question {
  const asked = withoutPhrases(text);
  const tokens = tokenize(asked);
  const inWhole = new Set(
    tokens.flatMap((token) => token.parts.map((_, offset) => token.position + offset)),
  );
  const content = tokens.filter(
    (token) =>
      (token.parts.length > 0 || !inWhole.has(token.position)) && !isStopWord(token.surface),
  );
  const starts = sentenceStarts(text);
  const measure = measureOf(text);
  const focus = new Set(focusOf(text).map((word) => tokenize(word)[0]?.term));
  const terms = new Map<string, QuestionTerm>();
  for (const token of content) {
    const isAnchor = isNameOrNumber(token, starts) || (terms.get(token.term)?.isAnchor ?? false);
    // TypeScript and MySQL are names, not a `type` and a `script`.
    const parts = /^\p{Lu}/u.test(token.surface) ? [] : token.parts;
    const { term, surface } = token;
    const isIdentifier = token.parts.length > 0 || /^(?!(?:19|20)\d\d$).*\d.+$/.test(surface);
    const searchText = searchTextOf(token);
    const isGeneric =
      !isIdentifier && (isGenericWord(surface) || surface.toLowerCase() === measure);
    const isFocus = focus.has(term);
    terms.set(term, {
      term,
      parts,
      surface,
      searchText,
      isIdentifier,
      isAnchor,
      isGeneric,
      isFocus,
    });
  }
  // Where there is nothing else, they are what is asked about.
  const isVague = [...terms.values()].every((term) => term.isGeneric);
  const pairs = content.flatMap((token, index) => {
    const next = content[index + 1];
    return next && next.position - token.position <= 2 ? [[token.term, next.term] as const] : [];
  });
  return {
    text,
    terms: [...terms.values()].map((term) => (isVague ? { ...term, isGeneric: false } : term)),
    pairs,
    answerType: answerTypeOf(text, terms.size),
    numberAsked: numberAsked(text),
    asksForFiles: asksForFiles(text),
  };
}

function isNameOrNumber(token: Token, starts: ReadonlySet<string>): boolean {
  if (token.parts.length > 0 || /\p{N}/u.test(token.surface)) return true;
  return /^\p{Lu}/u.test(token.surface) && !starts.has(token.surface);
}

/** First words of sentences: their capital says nothing. */
function sentenceStarts(text: string): Set<string> {
  const firsts = text.matchAll(/(?:^|[.!?:]\s+|\n)\W*([\p{L}\p{N}]+)/gu);
  return new Set([...firsts].map((match) => match[1] ?? ""));
}

/** What all forms of the word begin with: `compan` for companies, whose stem is `compani`. */
function searchTextOf(token: Token): string {
  const lower = token.surface.toLowerCase();
  if (token.parts.length > 0) return lower;
  const base = token.term.length > 3 ? token.term.replace(/i$/, "") : token.term;
  let shared = 0;
  while (shared < base.length && lower[shared] === base[shared]) shared++;
  return shared >= 3 ? lower.slice(0, shared) : lower;
}
