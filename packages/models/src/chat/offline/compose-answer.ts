import type { JsonObject } from "@llamaagent/core";
import { isNextLine, type Line } from "./passage.ts";
import type { Question, QuestionTerm } from "./question.ts";
import type { RankedPassage } from "./rank-passages.ts";

export interface Answer {
  /** Joined, they are the content. */
  parts: string[];
  /** Where the quoted lines stand. */
  sources: JsonObject[];
  /** False where what was read does not say it. */
  answered: boolean;
}

const MAX_PASSAGES = 3;
/** Of the best passage's score. */
const MIN_SCORE_SHARE = 0.5;
const MAX_OPENING_LINES = 12;

/** The best passages, quoted line by line under `path:line`. */
export function quoteAnswer(ranked: readonly RankedPassage[]): Answer {
  const best = ranked[0]?.score ?? 0;
  const chosen = ranked
    .slice(0, MAX_PASSAGES)
    .filter((candidate) => candidate.score >= MIN_SCORE_SHARE * best);
  const blocks = mergeLines(chosen);
  const what = blocks.length === 1 ? "passage that fits" : "passages that fit";
  return { ...quote(`The ${what} the question best:\n`, blocks), answered: true };
}

/** The opening lines of each text: the answer to "what is this about". */
export function openingAnswer(files: ReadonlyMap<string, readonly Line[]>): Answer {
  const blocks = [...files].map(([path, lines]) => ({ path, lines: opening(lines) }));
  const filled = blocks.filter((block) => block.lines.length > 0);
  const empty = blocks.filter((block) => block.lines.length === 0).map((block) => block.path);
  const { parts, sources } = quote(filled.length === 1 ? "It begins:\n" : "They begin:\n", filled);
  const note = empty.length > 0 ? [`\nEmpty: ${empty.join(", ")}\n`] : [];
  return { parts: [...parts, ...note], sources, answered: true };
}

/** The title and the first paragraph; of a file without a word, its first lines. */
function opening(lines: readonly Line[]): Line[] {
  const taken: Line[] = [];
  let inParagraph = false;
  for (const line of lines) {
    const isBlank = !/[\p{L}\p{N}]/u.test(line.text);
    if ((isBlank && inParagraph) || taken.length === MAX_OPENING_LINES) break;
    if (isBlank) continue;
    taken.push(line);
    inParagraph = !line.text.startsWith("#");
  }
  if (taken.length > 0) return taken;
  return lines.filter((line) => line.text.trim() !== "").slice(0, MAX_OPENING_LINES);
}

export interface NotFound {
  where: string;
  missing: ReadonlySet<string>;
  /** Says of the rest of what was asked for; the quote is marked as no answer. */
  mention: RankedPassage | undefined;
  /** What could not be looked at. */
  notes: string;
}

export function notFoundAnswer(question: Question, found: NotFound): Answer {
  const { where, missing, mention, notes } = found;
  const named = (wanted: (term: QuestionTerm) => boolean): string =>
    question.terms
      .filter(wanted)
      .map((term) => term.surface)
      .join(", ");
  const about = named((term) => !term.isGeneric);
  const away = named((term) => missing.has(term.term));
  const parts = [
    `This is not answered by ${where}.`,
    about === "" ? "" : ` No passage there has enough of the question's words (${about}).`,
    away === "" ? "" : ` Not found at all: ${away}.`,
    notes,
  ].filter((part) => part !== "");
  if (!mention) return { parts, sources: [], answered: false };
  const quoted = quote(" It does mention:\n", mergeLines([mention]));
  return { parts: [...parts, ...quoted.parts], sources: quoted.sources, answered: false };
}

/** Where there is nothing to look in, or nothing that could be looked in. */
export function refusal(reason: string): Answer {
  return { parts: [reason], sources: [], answered: false };
}

interface Block {
  path: string;
  lines: Line[];
}

/** Passages of one file that overlap or touch become one block, best first. */
function mergeLines(chosen: readonly RankedPassage[]): Block[] {
  const blocks: Block[] = [];
  for (const { passage } of chosen) {
    const near = blocks.find(
      (block) =>
        block.path === passage.path &&
        passage.lines.some((line) =>
          block.lines.some(
            (other) => isSame(other, line) || isNextLine(other, line) || isNextLine(line, other),
          ),
        ),
    );
    if (!near) {
      blocks.push({ path: passage.path, lines: [...passage.lines] });
      continue;
    }
    const more = passage.lines.filter((line) => !near.lines.some((other) => isSame(other, line)));
    near.lines = [...near.lines, ...more].toSorted(
      (a, b) => a.number - b.number || (a.from ?? 0) - (b.from ?? 0),
    );
  }
  return blocks;
}

function isSame(a: Line, b: Line): boolean {
  return a.number === b.number && a.from === b.from;
}

/** Each run of consecutive lines under its own place, so that place and quote always agree. */
function quote(intro: string, blocks: readonly Block[]): Omit<Answer, "answered"> {
  const runs = blocks.map(runsOf);
  return {
    parts: [intro, ...runs.map((block) => `\n${block.map(runText).join("")}`)],
    sources: runs.flat().map(({ path, lines }) => ({
      path,
      start_line: lines[0]?.number ?? 0,
      end_line: lines.at(-1)?.number ?? 0,
      ...(lines[0]?.from === undefined ? {} : { start_character: lines[0].from }),
    })),
  };
}

function runsOf({ path, lines }: Block): Block[] {
  const runs: Block[] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && isNextLine(run.lines.at(-1), line)) run.lines.push(line);
    else runs.push({ path, lines: [line] });
  }
  return runs;
}

function runText({ path, lines }: Block): string {
  const first = lines[0]?.number ?? 0;
  const last = lines.at(-1)?.number ?? 0;
  const from = lines.find((line) => line.from !== undefined)?.from;
  const inPart = from === undefined ? "" : ` (in part, from character ${from})`;
  // Parts of one line that follow on each other are one quote.
  const quoted = lines.map((line, index) =>
    lines[index - 1]?.number === line.number ? line.text : `${index > 0 ? "\n" : ""}> ${line.text}`,
  );
  return `${path}:${first === last ? first : `${first}-${last}`}${inPart}\n${quoted.join("")}\n`;
}
