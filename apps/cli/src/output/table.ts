import { oneLine } from "../terminal.ts";

export interface Column<Item> {
  title: string;
  value: (item: Item) => string | number | undefined;
  /** Is cut first where the line is too long. */
  canShrink?: boolean;
}

const GAP = 2;
const MIN_WIDTH = 8;

/** A line of titles and a line for each item, none longer than `maxWidth` characters. */
export function table<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  maxWidth = Infinity,
): string {
  const rows = [
    columns.map(({ title }) => title),
    ...items.map((item) => columns.map(({ value }) => oneLine(String(value(item) ?? ""), 1_000))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  shrink(widths, { columns, maxWidth });
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => oneLine(cell, widths[at] ?? 0).padEnd(widths[at] ?? 0))
      .join(" ".repeat(GAP));
  return rows.map((row) => `${cut(line(row).trimEnd(), maxWidth)}\n`).join("");
}

function shrink<Item>(
  widths: number[],
  { columns, maxWidth }: { columns: readonly Column<Item>[]; maxWidth: number },
): void {
  let excess = widths.reduce((sum, width) => sum + width + GAP, -GAP) - maxWidth;
  for (const [at, column] of [...columns.entries()].toReversed()) {
    const width = widths[at] ?? 0;
    if (!column.canShrink || excess <= 0 || width <= MIN_WIDTH) continue;
    widths[at] = Math.max(MIN_WIDTH, width - excess);
    excess -= width - widths[at];
  }
}

function cut(line: string, maxWidth: number): string {
  return line.length <= maxWidth ? line : `${line.slice(0, maxWidth - 1)}…`;
}
