import type { Line, Passage } from "./passage.ts";

/** Passages of CSV or TSV: each row, with the header line before it where that was read. */
export function tablePassages(path: string, lines: readonly Line[]): Passage[] {
  const first = lines.find((line) => line.text.trim() !== "");
  const header = first?.number === 1 ? first : undefined;
  return lines
    .filter((line) => line !== header && line.text.trim() !== "")
    .map((line) => ({
      path,
      lines: header ? [header, line] : [line],
      text: line.text,
      title: header?.text ?? "",
      context: "",
      kind: "row",
    }));
}
