/** A line of a file with its number, from 1. */
export interface Line {
  number: number;
  text: string;
  /** Of a part of a line too long to quote whole: the character that it begins with, from 1. */
  from?: number;
}

/** Whether the line comes right after the other: the next one, or the next part of the same. */
export function isNextLine(previous: Line | undefined, line: Line): boolean {
  if (previous === undefined) return false;
  return previous.number === line.number
    ? previous.from !== undefined && previous.from + previous.text.length === line.from
    : previous.number === line.number - 1 && (previous.from ?? line.from) === undefined;
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
