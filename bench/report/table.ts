import type { ResultRow } from "./results.ts";

const MARKS = { true: "yes", false: "no", null: "" } as const;

/** The rows as Markdown. */
export function table(rows: readonly ResultRow[]): string {
  return [
    "| row | what | median | quartiles | goal | met | on this machine |",
    "| --- | --- | ---: | ---: | --- | --- | --- |",
    ...rows.map((row) => {
      const unit = row.unit === "×" ? "" : ` ${row.unit}`;
      const goal = [
        ...(row.goal === null ? [] : [row.goal]),
        ...(row.aim === undefined ? [] : [`aim ${row.aim}`]),
      ].join(", ");
      const cells = [
        `\`${row.id}\``,
        row.what,
        `**${figure(row.value)}**${unit}`,
        `${figure(row.low)} – ${figure(row.high)}`,
        goal,
        MARKS[`${row.met}`],
        row.detail + measuredEarlier(row),
      ];
      return `| ${cells.join(" | ")} |`;
    }),
    "",
  ].join("\n");
}

const measuredEarlier = ({ date, commit }: ResultRow): string =>
  date === undefined ? "" : ` (${[date, commit].filter(Boolean).join(" at ")})`;

/** Three digits say all that such a measurement knows. */
export function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
