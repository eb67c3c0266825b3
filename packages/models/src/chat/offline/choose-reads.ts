import type { Observations } from "./observations.ts";
import type { PlannedCall } from "./planned-call.ts";
import type { Question } from "./question.ts";

const MAX_FILES = 20;
/** Larger files are read in pages around the places that a search found. */
const WHOLE_FILE_BYTES = 64 * 1024;
const MAX_READ_BYTES = 256 * 1024;
/** Of files in which no search found anything: a word may be spelt otherwise there. */
const MAX_UNMATCHED_BYTES = 64 * 1024;
const MAX_RANGES_PER_FILE = 12;
const LINES_AROUND = 12;
const UNREADABLE =
  /\.(?:png|jpe?g|gif|webp|ico|bmp|pdf|zip|gz|tgz|bz2|xz|7z|tar|woff2?|ttf|otf|eot|mp[34]|mov|avi|wav|ogg|exe|dll|so|dylib|bin|wasm|class|pyc|sqlite|db|onnx|gguf)$/i;

/** Which files, or which lines of them, are worth reading for the question; most matches first. */
export function chooseReads(question: Question, seen: Observations): PlannedCall[] {
  const sizes = new Map(seen.listing?.map((file) => [file.path, file.sizeBytes]));
  const found = [...seen.matches.values()].flatMap((byPath) => [...byPath.keys()]);
  const known = [...new Set([...sizes.keys(), ...found])];
  const readable = known.filter((path) => !UNREADABLE.test(path));
  const named = namedFiles(question.text, known);
  // Where there is nothing else, read_file says what is wrong with them.
  const candidates = named.length > 0 ? named : readable.length > 0 ? readable : known;
  const hits = (path: string): number =>
    [...seen.matches.values()].filter((byPath) => byPath.has(path)).length;
  const isOverview = question.terms.length === 0;

  const calls: PlannedCall[] = [];
  let bytes = 0;
  const ordered = candidates.toSorted(
    (a, b) => hits(b) - hits(a) || rankName(a) - rankName(b) || (a < b ? -1 : 1),
  );
  for (const path of ordered.slice(0, isOverview ? 3 : MAX_FILES)) {
    const size = sizes.get(path) ?? 0;
    const isWanted = hits(path) > 0 || named.length > 0 || isOverview;
    const ranges = size > WHOLE_FILE_BYTES && hits(path) > 0 ? rangesAround(path, seen) : [];
    if (ranges.length > 0) {
      calls.push(...ranges.map((range) => ({ name: "read_file", arguments: { path, ...range } })));
      continue;
    }
    const cost = Math.min(size, WHOLE_FILE_BYTES);
    if (bytes + cost > (isWanted ? MAX_READ_BYTES : MAX_UNMATCHED_BYTES)) continue;
    bytes += cost;
    calls.push({ name: "read_file", arguments: { path } });
  }
  return calls;
}

/** Files that the question itself names, by path or by name. */
function namedFiles(text: string, paths: readonly string[]): string[] {
  const asked = text.toLowerCase();
  return paths.filter((path) => {
    const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
    return name.includes(".") && asked.includes(name);
  });
}

/** A README is the first thing to look at. */
function rankName(path: string): number {
  return /(?:^|\/)readme\b/i.test(path) ? 0 : 1;
}

/** Lines around the matches, those of the rarest words first. */
function rangesAround(
  path: string,
  seen: Observations,
): { start_line: number; end_line: number }[] {
  const perText = [...seen.matches.values()]
    .map((byPath) => [...(byPath.get(path) ?? [])])
    .filter((lines) => lines.length > 0)
    .toSorted((a, b) => a.length - b.length);
  const ranges: { start_line: number; end_line: number }[] = [];
  for (const line of perText.flat()) {
    if (ranges.some((range) => line >= range.start_line && line <= range.end_line)) continue;
    if (ranges.length === MAX_RANGES_PER_FILE) break;
    ranges.push({ start_line: Math.max(1, line - LINES_AROUND), end_line: line + LINES_AROUND });
  }
  return ranges.toSorted((a, b) => a.start_line - b.start_line);
}
