import type { Line, Passage } from "./passage.ts";

const COMMENT = /^\s*(?:\/\/|\/?\*|#(?!!)|--|;;|"""|''')/;
/** Enclosing lines beyond this depth say little of a line. */
const MAX_DEPTH = 8;
/** A line that opens a block is quoted with it, up to so many lines. */
const MAX_BLOCK_LINES = 8;

/**
 * Passages of source code, JSON, YAML and the like: each line, with the block that it opens, under
 * the line that encloses it (smaller indentation above it); a comment together with what it stands
 * before.
 */
export function codePassages(path: string, lines: readonly Line[]): Passage[] {
  const passages: Passage[] = [];
  const enclosing: { indent: number; text: string }[] = [];
  let comment: Line[] = [];

  for (const [index, line] of lines.entries()) {
    const text = line.text.trim();
    if (COMMENT.test(line.text)) {
      comment.push(line);
      continue;
    }
    const indent = line.text.search(/\S/);
    if (text !== "") while ((enclosing.at(-1)?.indent ?? -1) >= indent) enclosing.pop();
    const outer = enclosing.slice(-MAX_DEPTH).map((opened) => opened.text);
    if (comment.length > 0 || /[\p{L}\p{N}]/u.test(text)) {
      const block = text === "" ? [] : blockAt(lines, index, indent);
      const own = text === "" ? comment : [...comment, line];
      passages.push({
        path,
        lines: [...comment, ...block],
        text: own.map((l) => l.text).join("\n"),
        title: outer.at(-1) ?? "",
        context: [...outer.slice(0, -1), ...block.slice(1).map((l) => l.text)].join("\n"),
        kind: "code",
      });
    }
    comment = [];
    if (text !== "") enclosing.push({ indent, text });
  }
  if (comment.length > 0) {
    const text = comment.map((l) => l.text).join("\n");
    passages.push({ path, lines: comment, text, title: "", context: "", kind: "code" });
  }
  return passages;
}

/** The line and, where it opens a block, the lines of it with the one that closes it. */
function blockAt(lines: readonly Line[], start: number, indent: number): Line[] {
  const indentOf = (line: Line | undefined): number => line?.text.search(/\S/) ?? -1;
  let end = start + 1;
  while (end < lines.length && end - start < MAX_BLOCK_LINES) {
    const inner = indentOf(lines[end]);
    if (inner !== -1 && inner <= indent) break;
    end++;
  }
  while (end > start + 1 && lines[end - 1]?.text.trim() === "") end--;
  const closes = end > start + 1 && /^\s*[)\]}]/.test(lines[end]?.text ?? "");
  return lines.slice(start, closes && indentOf(lines[end]) === indent ? end + 1 : end);
}
