import type { JsonObject } from "@llamaagent/core";
import type { Line } from "./passage.ts";
import type { Question } from "./question.ts";
import type { RankedPassage } from "./rank-passages.ts";

export interface Answer {
  /** Joined, they are the content. */
  parts: string[];
  /** Where the quoted lines stand. */
  sources: JsonObject[];
}

const MAX_PASSAGES = 3;
/** Of the best passage's score. */
const MIN_SCORE_SHARE = 0.5;
/** Longer lines (minified files) are quoted in part, and said to be. */
const MAX_LINE_CHARS = 4000;
const MAX_OPENING_LINES = 12;

/** The best passages, quoted line by line under `path:line`. */
export function quoteAnswer(ranked: readonly RankedPassage[]): Answer {
  const best = ranked[0]?.score ?? 0;
  const chosen = ranked
    .slice(0, MAX_PASSAGES)
    .filter((candidate) => candidate.score >= MIN_SCORE_SHARE * best);
  const blocks = mergeLines(chosen);
  const what = blocks.length === 1 ? "passage that fits" : "passages that fit";
  return quote(`The ${what} the question best:\n`, blocks);
}

/** The opening lines of each text: the answer to "what is this about". */
export function openingAnswer(files: ReadonlyMap<string, readonly Line[]>): Answer {
  const blocks = [...files].map(([path, lines]) => ({ path, lines: opening(lines) }));
  const filled = blocks.filter((block) => block.lines.length > 0);
  return quote(filled.length === 1 ? "It begins:\n" : "They begin:\n", filled);
}

/** The title and the first paragraph. */
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
  return taken;
}

export function notFoundAnswer(
  question: Question,
  where: string,
  missing: readonly string[],
): Answer {
  const words = missing.length > 0 ? ` Not found at all: ${missing.join(", ")}.` : "";
  const about = question.terms.map((term) => term.surface).join(", ");
  return {
    parts: [
      `This is not answered by ${where}.`,
      about === ""
        ? ""
        : ` No passage there has enough of the question's words (${about}).${words}`,
    ].filter((part) => part !== ""),
    sources: [],
  };
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
          block.lines.some((other) => Math.abs(other.number - line.number) <= 1),
        ),
    );
    if (!near) {
      blocks.push({ path: passage.path, lines: [...passage.lines] });
      continue;
    }
    const byNumber = new Map([...near.lines, ...passage.lines].map((line) => [line.number, line]));
    near.lines = [...byNumber.values()].toSorted((a, b) => a.number - b.number);
  }
  return blocks;
}

/** Each run of consecutive lines under its own place, so that place and quote always agree. */
function quote(intro: string, blocks: readonly Block[]): Answer {
  const runs = blocks.map(runsOf);
  return {
    parts: [intro, ...runs.map((block) => `\n${block.map(runText).join("")}`)],
    sources: runs.flat().map(({ path, lines }) => ({
      path,
      start_line: lines[0]?.number ?? 0,
      end_line: lines.at(-1)?.number ?? 0,
    })),
  };
}

function runsOf({ path, lines }: Block): Block[] {
  const runs: Block[] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && run.lines.at(-1)?.number === line.number - 1) run.lines.push(line);
    else runs.push({ path, lines: [line] });
  }
  return runs;
}

function runText({ path, lines }: Block): string {
  const first = lines[0]?.number ?? 0;
  const last = lines.at(-1)?.number ?? 0;
  const isCut = lines.some((line) => line.text.length > MAX_LINE_CHARS);
  const place = `${path}:${first === last ? first : `${first}-${last}`}${isCut ? " (in part)" : ""}`;
  const quoted = lines.map((line) => `> ${line.text.slice(0, MAX_LINE_CHARS)}\n`);
  return `${place}\n${quoted.join("")}`;
}
