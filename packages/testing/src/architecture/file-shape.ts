import { isTestCode, type SourceFile } from "./source-files.ts";

const MAX_LINES = 400;
const MAX_MEDIAN_LINES = 80;
/** Names that say nothing of what is inside. */
const EMPTY_WORDS = /^(utils?|helpers?|common|misc|base|managers?|advanced|v\d+)$/;

const lineCount = ({ text }: SourceFile): number =>
  text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

/** No file over 400 lines, tests included; the median of shipped files at most 80. */
export function sizeFaults(files: readonly SourceFile[]): string[] {
  const tooLong = files
    .filter((file) => lineCount(file) > MAX_LINES)
    .map((file) => `${file.path}: ${lineCount(file)} lines, at most ${MAX_LINES}`);
  const shipped = files
    .filter(({ path }) => !isTestCode(path))
    .map(lineCount)
    .sort((a, b) => a - b);
  const median = shipped[Math.floor((shipped.length - 1) / 2)] ?? 0;
  return median > MAX_MEDIAN_LINES
    ? [...tooLong, `median of ${median} lines, at most ${MAX_MEDIAN_LINES}`]
    : tooLong;
}

/** Kebab-case, with a role at most (`.test`, `.int.test`, `.routes` …), and a name that says something. */
export function nameFaults(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const segments = path.split("/").flatMap((part) => part.replace(/\.[a-z]+$/, "").split("."));
    const words = segments.flatMap((segment) => segment.split("-"));
    const name = path.split("/").at(-1) ?? "";
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+){1,3}$/.test(name)) return [`${path}: not kebab-case`];
    const empty = words.find((word) => EMPTY_WORDS.test(word));
    return empty === undefined ? [] : [`${path}: '${empty}' says nothing`];
  });
}
