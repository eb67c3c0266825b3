import type { Metric } from "../metrics/metric.ts";
import type { Series } from "../metrics/series.ts";
import type { Judgement } from "../metrics/threshold.ts";
import type { ScriptResult } from "../script-result.ts";
import { formatted, percentage } from "./formatted.ts";
import { metricFigures } from "./metric-figures.ts";

const PARTS = ["CUSTOM", "HTTP", "EXECUTION", "NETWORK"] as const;
const mark = (passed: boolean): string => (passed ? "✓" : "✗");

/** A test's result in the form of k6's own summary. */
export function summaryText(result: ScriptResult): string {
  return [
    ...heading("THRESHOLDS", thresholdLines(result.judgements)),
    ...heading("TOTAL RESULTS", [
      ...checkLines(result),
      ...PARTS.flatMap((part) => partLines(part, result)),
    ]),
    ...heading(
      "FAULTS OF THE SCRIPT",
      [...result.faults].map(([text, count]) => `    ${count} × ${text}`),
    ),
    `  ${runLine(result)}`,
  ].join("\n");
}

function heading(text: string, lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line !== "");
  return last === -1 ? [] : [`  █ ${text}`, "", ...lines.slice(0, last + 1), ""];
}

function thresholdLines(judgements: readonly Judgement[]): string[] {
  const names = [...new Set(judgements.map(({ series }) => series.selector.text))];
  return names.flatMap((name) => [
    `    ${name}`,
    ...judgements
      .filter(({ series }) => series.selector.text === name)
      .map((one) => `    ${mark(one.held)} '${one.threshold.text}' ${measuredText(one)}`),
  ]);
}

function measuredText({ threshold, series, measured }: Judgement): string {
  const isShare = series.metric.type === "rate";
  const value = isShare ? percentage(measured) : formatted(measured, series.metric.unit);
  return `${threshold.left}=${value}`;
}

function checkLines({ checks, seconds }: ScriptResult): string[] {
  const each = [...checks];
  const total = each.reduce((count, [, { passed, failed }]) => count + passed + failed, 0);
  if (total === 0) return [];
  const failed = each.reduce((count, [, one]) => count + one.failed, 0);
  const share = (count: number): string[] => [
    percentage(count / total),
    `${count} out of ${total}`,
  ];
  return [
    ...rows([
      ["checks_total", [String(total), `${formatted(total / seconds, undefined)}/s`]],
      ["checks_succeeded", share(total - failed)],
      ["checks_failed", share(failed)],
    ]),
    "",
    ...each.flatMap(([name, counts]) => [
      `    ${mark(counts.failed === 0)} ${name}`,
      ...(counts.failed === 0 ? [] : [`      ↳ ✓ ${counts.passed} / ✗ ${counts.failed}`]),
    ]),
    "",
  ];
}

function partLines(part: Metric["part"], { series, seconds }: ScriptResult): string[] {
  const shown = series.filter(({ metric, values }) => metric.part === part && values.length > 0);
  if (shown.length === 0) return [];
  const row = (one: Series): [string, string[]] => [
    one.selector.text === one.metric.name
      ? one.metric.name
      : `  ${one.selector.text.slice(one.metric.name.length).replace(/^\{(.*)\}$/, "{ $1 }")}`,
    metricFigures(one, seconds),
  ];
  const names = [...new Set(shown.map(({ metric }) => metric.name))];
  const ordered = names.flatMap((name) => shown.filter(({ metric }) => metric.name === name));
  return [`    ${part}`, ...rows(ordered.map(row)), ""];
}

const NAME_WIDTH = 38;

function rows(lines: readonly [name: string, figures: string[]][]): string[] {
  const width = (column: number, count: number): number =>
    Math.max(
      0,
      ...lines
        .filter(([, figures]) => figures.length === count)
        .map(([, figures]) => figures[column]?.length ?? 0),
    );
  return lines.map(([name, figures]) => {
    const cells = figures.map((text, column) => text.padEnd(width(column, figures.length)));
    return `    ${name.padEnd(NAME_WIDTH, ".")}: ${cells.join(" ").trimEnd()}`;
  });
}

function runLine({ iterations, seconds }: ScriptResult): string {
  const { complete, interrupted } = iterations;
  return `running (${seconds.toFixed(1)}s), ${complete} complete and ${interrupted} interrupted iterations`;
}
