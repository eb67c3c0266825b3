import { failures, formatFigure, type Result } from "./result.ts";

/** A table in Markdown, and below it what speaks against those that failed. */
export function resultTable(results: readonly Result[]): string {
  const rows = results.map((result) => [
    String(result.number),
    result.name,
    String(result.runs),
    `${result.succeeded} (≥${result.atLeast})`,
    result.figures.map(formatFigure).join("; "),
    failures(result).length === 0 ? "held" : "FAILED",
    result.seconds.toFixed(0),
  ]);
  const head = ["#", "experiment", "runs", "succeeded", "bound: measured", "", "s"];
  const widths = head.map((text, column) =>
    Math.max(text.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const table = [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
  return [...table, ...results.flatMap(failureLines)].join("\n");
}

const LINES_MAX = 20;

function failureLines(result: Result): string[] {
  const all = failures(result);
  const rest = all.length - LINES_MAX;
  return all.length === 0
    ? []
    : [
        `\n${result.number} ${result.name}: FAILED`,
        ...all.slice(0, LINES_MAX).map((text) => `  ${text}`),
        ...(rest > 0 ? [`  and ${rest} more`] : []),
      ];
}

/** The machine-readable last line: `N passed, N failed`. */
export function closingLine(results: readonly Result[]): string {
  const failed = results.filter((result) => failures(result).length > 0).length;
  return `${results.length - failed} passed, ${failed} failed`;
}
