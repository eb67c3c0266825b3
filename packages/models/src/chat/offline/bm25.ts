/**
 * BM25F over the fields of a passage: S. Robertson & H. Zaragoza, "The Probabilistic
 * Relevance Framework: BM25 and Beyond" (2009), equations 3.15 and 3.18–3.20; k1 and b in the range
 * of section 3.4.
 */
const K1 = 1.2;
const B = 0.75;
/** A word of the text itself counts most, one of its neighbours least. */
const FIELD_WEIGHTS = { text: 1, title: 0.7, context: 0.3 } as const;
type Field = keyof typeof FIELD_WEIGHTS;
const FIELDS = Object.keys(FIELD_WEIGHTS) as Field[]; // keys of a literal

/** The terms of a text's fields, in order, repeated as often as they are there. */
export type IndexedText = Readonly<Record<Field, readonly string[]>>;

export interface Bm25Index {
  /** ln(1 + (N − n + 0.5) / (n + 0.5)): the paper's 3.3 kept above 0 for terms in most texts. */
  idf(term: string): number;
  /** Of a term in one text only. */
  rarestIdf: number;
  /** Texts that hold the term in any field. */
  frequency(term: string): number;
  /** Σ weight · idf · tf / (k1 + tf), with tf summed over the fields, each length-normalised. */
  score(text: number, query: ReadonlyMap<string, number>): number;
}

export function createBm25Index(texts: readonly IndexedText[]): Bm25Index {
  const counts = FIELDS.map((field) => ({
    weight: FIELD_WEIGHTS[field],
    normalised: countTerms(texts.map((text) => text[field])),
  }));
  const frequencies = new Map<string, number>();
  for (const text of texts)
    for (const term of new Set(FIELDS.flatMap((field) => text[field])))
      frequencies.set(term, (frequencies.get(term) ?? 0) + 1);

  const frequency = (term: string): number => frequencies.get(term) ?? 0;
  const idfOf = (count: number): number =>
    Math.log(1 + (texts.length - count + 0.5) / (count + 0.5));
  const idf = (term: string): number => idfOf(frequency(term));
  return {
    idf,
    rarestIdf: idfOf(1),
    frequency,
    score(text, query) {
      let score = 0;
      for (const [term, weight] of query) {
        const tf = counts.reduce(
          (sum, field) => sum + field.weight * field.normalised(text, term),
          0,
        );
        score += weight * idf(term) * (tf / (K1 + tf));
      }
      return score;
    },
  };
}

/** Occurrences of a term in one text's field, over the field's relative length. */
function countTerms(texts: readonly (readonly string[])[]): (text: number, term: string) => number {
  const counts = texts.map((terms) => {
    const count = new Map<string, number>();
    for (const term of terms) count.set(term, (count.get(term) ?? 0) + 1);
    return count;
  });
  const total = texts.reduce((sum, terms) => sum + terms.length, 0);
  const averageLength = total / Math.max(1, texts.length) || 1;
  return (text, term) => {
    const count = counts[text]?.get(term);
    if (count === undefined) return 0;
    const length = texts[text]?.length ?? 0;
    return count / (1 - B + B * (length / averageLength));
  };
}
