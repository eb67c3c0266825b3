import type { Line } from "./passage.ts";

export interface Sentence {
  text: string;
  /** The lines that hold any of it. */
  lines: Line[];
}

const END = /[.!?…]["'”’)\]*_]*\s+(?=["'“‘([*_`]*[\p{Lu}\p{N}])/gu;
const ABBREVIATION =
  /(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|etc|cf|ca|Fig|Inc|Ltd|Jr|Sr|e\.g|i\.e|al|p|pp|approx)|\b\p{Lu})\.\s+$/u;

/** The sentences of consecutive lines. */
export function splitSentences(block: readonly Line[]): Sentence[] {
  const text = block.map((line) => line.text).join("\n");
  const ends = [...text.matchAll(END)]
    .map((match) => match.index + match[0].length)
    .filter((end) => !ABBREVIATION.test(text.slice(Math.max(0, end - 12), end)));
  const bounds = [0, ...ends, text.length];
  return bounds.slice(1).flatMap((end, index) => {
    const start = bounds[index] ?? 0;
    const sentence = text.slice(start, end);
    if (sentence.trim() === "") return [];
    const first = lineAt(text, start + (sentence.length - sentence.trimStart().length));
    const last = lineAt(text, start + sentence.trimEnd().length - 1);
    return [{ text: sentence.trim(), lines: block.slice(first, last + 1) }];
  });
}

/** Index of the line that holds the character. */
function lineAt(text: string, offset: number): number {
  let count = 0;
  for (let i = text.indexOf("\n"); i !== -1 && i < offset; i = text.indexOf("\n", i + 1)) count++;
  return count;
}
