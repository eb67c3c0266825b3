import type { ToolCall } from "@llamaagent/core";
import { chooseReads } from "./choose-reads.ts";
import type { Observations } from "./observations.ts";
import type { PlannedCall } from "./planned-call.ts";
import type { Question } from "./question.ts";

const MAX_SEARCHES = 6;
const PAGE_LINES = 1000;
const MAX_PAGES = 24;

/**
 * The calls that this answer still needs; none: it can be given. First the list of files and a
 * search for each word of the question, then the files that matter, then the rest of those that
 * came in part.
 */
export function planCalls(
  question: Question,
  tools: ReadonlySet<string>,
  seen: Observations,
): PlannedCall[] {
  const hasLooked = seen.answers.some(({ call }) => isLook(call));
  if (!hasLooked && (tools.has("list_files") || tools.has("search_files")))
    return lookAround(question, tools);
  if (!tools.has("read_file") || (question.asksForFiles && seen.listing)) return [];
  if (seen.readRounds === 0) return chooseReads(question, seen);
  return seen.readRounds === 1 ? readOn(seen) : [];
}

function isLook(call: ToolCall): boolean {
  return call.name === "list_files" || call.name === "search_files";
}

function lookAround(question: Question, tools: ReadonlySet<string>): PlannedCall[] {
  const canList = tools.has("list_files");
  const list = canList ? [{ name: "list_files", arguments: {} }] : [];
  const texts = new Set(question.terms.map((term) => term.searchText));
  const isEnough = canList && question.asksForFiles;
  const searches =
    tools.has("search_files") && !isEnough
      ? [...texts]
          .slice(0, MAX_SEARCHES)
          .map((query) => ({ name: "search_files", arguments: { query } }))
      : [];
  return [...list, ...searches];
}

/** The rest of each file that was asked for as a whole and came in part. */
function readOn(seen: Observations): PlannedCall[] {
  const calls: PlannedCall[] = [];
  for (const [path, file] of seen.files) {
    const read = file.lines.size;
    if (!file.isWhole || read === 0) continue;
    for (let start = read + 1; start <= file.totalLines; start += PAGE_LINES) {
      const end = Math.min(start + PAGE_LINES - 1, file.totalLines);
      calls.push({ name: "read_file", arguments: { path, start_line: start, end_line: end } });
    }
  }
  return calls.slice(0, MAX_PAGES);
}
