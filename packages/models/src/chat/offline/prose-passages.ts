import type { Line, Passage } from "./passage.ts";
import { type Sentence, splitSentences } from "./sentences.ts";

const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const FENCE = /^\s*(?:```|~~~)/;
const ITEM = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+/;
const TABLE_ROW = /^\s*\|.*\|\s*$/;
const TABLE_RULE = /^\s*\|?[\s:|-]+\|?\s*$/;

/** Passages of Markdown or plain text: sentences, list items, table rows, lines of code blocks. */
export function prosePassages(path: string, lines: readonly Line[]): Passage[] {
  const passages: Passage[] = [];
  const headings: string[] = [];
  /** The last sentence before a list, table or code block says what it is about. */
  let lead = "";
  let at = 0;

  function take(matches: (line: string) => boolean): Line[] {
    const from = at;
    while (at < lines.length && matches(lines[at]?.text ?? "")) at++;
    return lines.slice(from, at);
  }
  /** The fields of passages that a sentence introduces. */
  const introduced = (more = "") => ({
    title: [headings.at(-1), lead, more].filter(Boolean).join("\n"),
    context: headings.slice(0, -1).join("\n"),
  });

  const underHeadings = () => ({
    title: headings.at(-1) ?? "",
    context: headings.slice(0, -1).join("\n"),
  });

  while (at < lines.length) {
    const text = lines[at]?.text ?? "";
    const heading = HEADING.exec(text);
    if (heading) {
      headings.length = Math.min(headings.length, (heading[1]?.length ?? 1) - 1);
      headings.push(heading[2] ?? "");
      lead = "";
      at++;
    } else if (FENCE.test(text)) {
      at++;
      const body = take((line) => !FENCE.test(line));
      at++;
      for (const line of body)
        if (line.text.trim() !== "")
          passages.push({ path, lines: [line], text: line.text, ...introduced(), kind: "code" });
    } else if (TABLE_ROW.test(text)) {
      const [header, ...rows] = take((line) => TABLE_ROW.test(line));
      for (const row of rows)
        if (header && !TABLE_RULE.test(row.text))
          passages.push({
            path,
            lines: [header, row],
            text: row.text,
            ...introduced(header.text),
            kind: "row",
          });
    } else if (ITEM.test(text)) {
      at++;
      const rest = take((line) => line.trim() !== "" && !startsBlock(line));
      const item = lines.slice(at - rest.length - 1, at);
      passages.push(...sentencePassages(path, item, introduced(), "item"));
    } else if (text.trim() === "") {
      at++;
    } else {
      at++;
      const rest = take((line) => line.trim() !== "" && !startsBlock(line));
      const paragraph = lines.slice(at - rest.length - 1, at);
      const found = sentencePassages(path, paragraph, underHeadings(), "prose");
      passages.push(...found);
      lead = found.at(-1)?.text ?? "";
    }
  }
  return passages;
}

function startsBlock(line: string): boolean {
  return HEADING.test(line) || FENCE.test(line) || TABLE_ROW.test(line) || ITEM.test(line);
}

/** One passage per sentence; its neighbours are its context. */
function sentencePassages(
  path: string,
  block: readonly Line[],
  about: { title: string; context: string },
  kind: "prose" | "item",
): Passage[] {
  const sentences = splitSentences(block).flatMap(shorten);
  return sentences.map((sentence, index) => {
    const neighbours = [sentences[index - 1]?.text, sentences[index + 1]?.text];
    return {
      path,
      ...sentence,
      title: about.title,
      context: [about.context, ...neighbours].filter(Boolean).join("\n"),
      kind,
    };
  });
}

const MAX_SENTENCE_LINES = 8;
const CHUNK_LINES = 4;

/** A very long "sentence" is a list without bullets or legal prose: by line, or in chunks. */
function shorten(sentence: Sentence): Sentence[] {
  const { lines } = sentence;
  if (lines.length <= MAX_SENTENCE_LINES) return [sentence];
  const columns = lines.filter((line) => /\S(?:\t| {2,})\S/.test(line.text)).length;
  const characters = lines.reduce((sum, line) => sum + line.text.trim().length, 0);
  const isList = columns > lines.length / 2 || characters / lines.length < 40;
  const size = isList ? 1 : CHUNK_LINES;
  return Array.from({ length: Math.ceil(lines.length / size) }, (_, index) => {
    const chunk = lines.slice(index * size, (index + 1) * size);
    return { text: chunk.map((line) => line.text).join("\n"), lines: chunk };
  });
}
