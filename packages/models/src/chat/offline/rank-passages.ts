import { fitsQuestion, hasNumber } from "./answer-fit.ts";
import { type Bm25Index, createBm25Index, type IndexedText } from "./bm25.ts";
import type { Passage } from "./passage.ts";
import { fitQuery, type Query } from "./query-aliases.ts";
import type { Question } from "./question.ts";
import { type Token, tokenize } from "./terms.ts";

export interface RankedPassage {
  passage: Passage;
  score: number;
  /** Share of the question's terms, by rarity, that the passage and its fields hold: 0…1. */
  coverage: number;
  /** The same without the word that says what is asked for: what else it speaks of. */
  aboutCoverage: number;
  /** It looks like the kind of answer that was asked for. */
  fits: boolean;
  /**
   * It has what is asked for (or a synonym), a number where one is, and more of the question than
   * what stands around it.
   */
  hasFocus: boolean;
}

export interface Ranking {
  /** Best first; passages that hold no term of the question are left out. */
  ranked: RankedPassage[];
  /** Terms that are nowhere, nor a synonym of theirs. */
  missing: ReadonlySet<string>;
}

/** How much of a term is covered by a match in that field. */
const COVERED_BY = { text: 1, title: 0.85, context: 0.5 } as const;
const FIELDS = ["text", "title", "context"] as const;
const ANCHOR_WEIGHT = 2;
/** In the order of the passages only: a generic word is never missed. */
const GENERIC_WEIGHT = 0.5;
/** Gains of a passage with all the question's word pairs, and of one that looks like an answer. */
const PAIRS_GAIN = 0.3;
const FIT_GAIN = 0.3;

export function rankPassages(passages: readonly Passage[], question: Question): Ranking {
  const tokens = passages.map((passage) => ({
    text: tokenize(passage.text),
    title: tokenize(passage.title),
    context: tokenize(`${passage.context}\n${passage.path}`),
  }));
  const vocabulary = new Set(
    tokens.flatMap((fields) => [...fields.text, ...fields.title]).map((token) => token.term),
  );
  const query = fitQuery(question, vocabulary);
  const asTerms = (list: readonly Token[]): string[] =>
    list.map(({ term }) => query.aliases.get(term) ?? term);
  const texts = tokens.map((fields) => ({
    text: asTerms(fields.text),
    title: asTerms(fields.title),
    context: asTerms(fields.context),
  }));
  const index = createBm25Index(texts);
  const weights = new Map(
    query.terms.map((t) => [t.term, t.isAnchor ? ANCHOR_WEIGHT : t.isGeneric ? GENERIC_WEIGHT : 1]),
  );
  const required = query.terms.filter((term) => !term.isGeneric);
  const focus = query.terms.filter((term) => term.isFocus);
  const about = required.filter((term) => !term.isFocus);
  const ranked = passages.map((passage, i) => {
    const fields = texts[i] ?? { text: [], title: [], context: [] };
    const coverage = coverageOf(fields, required, index);
    const fits = fitsQuestion(passage, question);
    const score =
      index.score(i, weights) *
      coverage ** 2 *
      (1 + PAIRS_GAIN * pairShare(tokens[i]?.text ?? [], question)) *
      (fits ? 1 + FIT_GAIN : 1);
    return {
      passage,
      score,
      coverage,
      fits,
      order: i,
      aboutCoverage: coverageOf(fields, about, index),
      hasFocus:
        query.terms.some(({ term }) => fields.text.includes(term) || fields.title.includes(term)) &&
        focus.every(({ term }) => FIELDS.some((field) => fields[field].includes(term))) &&
        (!question.numberAsked || hasNumber(passage.text, question.numberAsked)),
    };
  });
  return {
    ranked: ranked
      .filter((candidate) => candidate.score > 0)
      .toSorted((a, b) => b.score - a.score || a.order - b.order),
    missing: new Set(required.map((t) => t.term).filter((term) => index.frequency(term) === 0)),
  };
}

function coverageOf(fields: IndexedText, terms: Query["terms"], index: Bm25Index): number {
  let covered = 0;
  let total = 0;
  for (const { term, isAnchor, isIdentifier } of terms) {
    // A word that is nowhere weighs like the rarest one that is somewhere; a name twice that. A name
    // that is there says little (a text names its subject all the time), an identifier much.
    const isAway = index.frequency(term) === 0;
    const isHeavy = isIdentifier || (isAnchor && isAway);
    const rarity = isAway ? index.rarestIdf : index.idf(term);
    const weight = rarity * (isHeavy ? ANCHOR_WEIGHT : 1);
    total += weight;
    if (fields.text.includes(term)) covered += weight * COVERED_BY.text;
    else if (fields.title.includes(term)) covered += weight * COVERED_BY.title;
    else if (fields.context.includes(term)) covered += weight * COVERED_BY.context;
  }
  return total === 0 ? 0 : covered / total;
}

/** Share of the question's neighbouring terms that stand together in the passage too. */
function pairShare(tokens: readonly Token[], question: Question): number {
  if (question.pairs.length === 0) return 0;
  const places = new Map<string, number[]>();
  for (const { term, position } of tokens)
    places.set(term, [...(places.get(term) ?? []), position]);
  const together = question.pairs.filter(([a, b]) =>
    places.get(a)?.some((p) => places.get(b)?.some((q) => q !== p && Math.abs(q - p) <= 3)),
  );
  return together.length / question.pairs.length;
}
