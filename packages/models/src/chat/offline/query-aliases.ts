import { isGenericWord } from "./generic-words.ts";
import type { Question, QuestionTerm } from "./question.ts";
import { synonyms } from "./synonyms.ts";

export interface Query {
  terms: Pick<QuestionTerm, "term" | "isAnchor" | "isIdentifier" | "isGeneric" | "isFocus">[];
  /** Term of the texts → the question's term that it stands for. */
  aliases: ReadonlyMap<string, string>;
}

/** Fits the question's words to those that the texts use: synonyms, near spellings, identifiers. */
export function fitQuery(question: Question, vocabulary: ReadonlySet<string>): Query {
  const aliases = new Map<string, string>();
  const all = new Set(question.terms.map(({ term }) => term));
  const terms = question.terms.flatMap((asked) => {
    const { term, parts } = asked;
    const known = parts.filter((part) => vocabulary.has(part));
    if (!vocabulary.has(term) && known.length > 0)
      return parts.map((part) => {
        const isGeneric = isGenericWord(part);
        const isFocus = asked.isFocus && !isGeneric;
        return { term: part, isAnchor: false, isIdentifier: false, isGeneric, isFocus };
      });
    const others = synonyms.get(term) ?? (vocabulary.has(term) ? [] : nearTerms(term, vocabulary));
    for (const other of others) if (!all.has(other)) aliases.set(other, term);
    return [asked];
  });
  return { terms, aliases };
}

/** Longest common beginning of ≥5 letters and ≥80 % of both: `employe` finds `employ`. */
function nearTerms(term: string, vocabulary: ReadonlySet<string>): string[] {
  if (term.length < 5 || /\P{L}/u.test(term)) return [];
  return [...vocabulary].filter((other) => {
    if (!other.startsWith(term.slice(0, 5))) return false;
    let shared = 5;
    while (shared < term.length && term[shared] === other[shared]) shared++;
    return shared >= 0.8 * Math.max(term.length, other.length);
  });
}
