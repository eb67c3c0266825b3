/** A line of a file with its number, from 1. */
export interface Line {
  number: number;
  text: string;
}

/** Whole lines that can be quoted as an answer. */
export interface Passage {
  path: string;
  /** The lines to quote; consecutive, but for a table's header before a row. */
  lines: Line[];
  /** What is matched against the question: a sentence may be less than its lines. */
  text: string;
  /** What the text stands under: its heading, column names, the enclosing line of code. */
  title: string;
  /** What else is near: outer headings, neighbours. */
  context: string;
  kind: "prose" | "item" | "row" | "code";
}
