const maxWords = 32;

export interface LineScorer {
  /** 0 where the line holds no word of the query; the whole phrase scores above all words. */
  score(line: string): { score: number; at: number };
  /** The score of a line that holds the phrase. */
  best: number;
}

/**
 * Ranks lines against a plain-text query, without regard to case: the phrase, then by the number of
 * different words. `at` is where the first hit begins.
 */
export function createLineScorer(query: string): LineScorer {
  const phrase = query.trim().toLowerCase().replace(/\s+/g, " ");
  const words = [...new Set(phrase.match(/[\p{L}\p{N}_]+/gu) ?? [])].slice(0, maxWords);
  const best = words.length + 1;
  return {
    best,
    score(line) {
      const text = line.toLowerCase();
      const whole = text.indexOf(phrase);
      if (whole >= 0) return { score: best, at: whole };
      const hits = words.map((word) => text.indexOf(word)).filter((at) => at >= 0);
      return { score: hits.length, at: hits.length > 0 ? Math.min(...hits) : 0 };
    },
  };
}
