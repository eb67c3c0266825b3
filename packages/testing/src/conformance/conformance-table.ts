import type { ReferenceOperation } from "./read-reference.ts";

export interface ConformanceRow {
  operation: ReferenceOperation;
  calls: number;
  valid: number;
  /** Calls of what is not built. */
  missing: number;
  note: string;
}

/** A table in Markdown, and one line of sums. */
export function conformanceTable(title: string, rows: readonly ConformanceRow[]): string {
  const cells = rows.map(({ operation, calls, valid, missing, note }) => [
    `${operation.method} ${operation.path}`,
    operation.operationId,
    String(calls),
    String(valid),
    [missing > 0 ? `${missing} calls not built` : "", note]
      .filter((text) => text !== "")
      .join("; "),
  ]);
  const head = ["Agent Protocol 0.1.6", "operation", "calls", "valid", ""];
  const widths = head.map((text, column) =>
    Math.max(3, text.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const sum = (of: "calls" | "valid" | "missing"): number =>
    rows.reduce((total, row) => total + row[of], 0);
  return [
    `Conformance, ${title}`,
    line(head),
    line(widths.map((width) => "-".repeat(width))),
    ...cells.map(line),
    `${rows.length} operations, ${sum("calls")} calls, ${sum("valid")} valid, ${sum("missing")} not built`,
  ].join("\n");
}
