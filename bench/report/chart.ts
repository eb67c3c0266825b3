import type { ResultRow } from "./results.ts";
import { figure } from "./table.ts";

const WIDTH = 860;
const ROW_HEIGHT = 34;
const TOP = 64;
const BOTTOM = 34;
const LABELS = 190;
const FIGURES = 170;
/** Times the goal, on a logarithmic scale. */
const LEFT_END = 1 / 16;
const RIGHT_END = 16;
const FONT = `font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"`;

interface GoalRow extends ResultRow {
  goal: string;
}

/** Every row with a goal on one scale: how far on the good side of its goal it is. */
export function chart(rows: readonly ResultRow[]): string {
  const shown = rows.filter((row): row is GoalRow => row.goal !== null && /^[≤≥]/.test(row.goal));
  const height = TOP + shown.length * ROW_HEIGHT + BOTTOM;
  const bottom = height - BOTTOM;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Each measured row against its goal</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<g ${FONT} font-size="13" fill="#1f2933">
<text x="16" y="26" font-size="16" font-weight="600">How far from its goal each row is</text>
${scale(bottom)}
${shown.map((row, index) => bar(row, TOP + index * ROW_HEIGHT)).join("\n")}
<text x="${LABELS}" y="${height - 12}" font-size="11" fill="#667785">bar: median · dark line: quartiles · dashed: aim · green: the goal is met</text>
</g>
</svg>
`;
}

function scale(bottom: number): string {
  const ticks: [number, string][] = [
    [1 / 8, "8× better"],
    [1 / 4, "4×"],
    [1 / 2, "2×"],
    [1, "goal"],
    [2, "2×"],
    [4, "4×"],
    [8, "8× worse"],
  ];
  return ticks
    .map(([times, label]) => {
      const at = x(times);
      const isGoal = times === 1;
      const line = isGoal ? `stroke="#1f2933" stroke-width="1.5"` : `stroke="#d9e0e6"`;
      return `<line x1="${at}" y1="${TOP - 10}" x2="${at}" y2="${bottom}" ${line}/>
<text x="${at}" y="${TOP - 16}" text-anchor="middle" font-size="11" fill="${isGoal ? "#1f2933" : "#667785"}">${label}</text>`;
    })
    .join("\n");
}

function bar(row: GoalRow, top: number): string {
  const [low, value, high] = [row.low, row.value, row.high].map((figures) =>
    timesGoal(row, figures),
  );
  const color = row.met ? "#2f7d5b" : "#b4452f";
  const [from, to] = [x(1), x(value ?? 1)].toSorted((a, b) => a - b);
  const middle = top + ROW_HEIGHT / 2;
  const aim =
    row.aim === undefined
      ? ""
      : `<path d="M${x(timesGoal(row, row.aim))} ${middle - 11}v22" stroke="#667785" stroke-dasharray="3 2"/>`;
  return `<text x="${LABELS - 12}" y="${middle + 4}" text-anchor="end" font-family="ui-monospace, monospace" font-size="12">${row.id}</text>
<rect x="${from}" y="${middle - 8}" width="${(to ?? 0) - (from ?? 0)}" height="16" fill="${color}" fill-opacity="0.75"/>
<path d="M${x(low ?? 1)} ${middle}H${x(high ?? 1)}" stroke="#1f2933" stroke-width="2"/>
${aim}
<text x="${WIDTH - FIGURES + 14}" y="${middle + 4}"><tspan font-weight="600">${figure(row.value)}</tspan>${row.unit === "×" ? "" : ` ${row.unit}`} <tspan fill="#667785">(${row.goal})</tspan></text>`;
}

/** Below 1 on the good side, whichever that is. */
function timesGoal({ goal }: GoalRow, value: number): number {
  const bound = Number(goal.slice(1));
  return goal.startsWith("≤") ? value / bound : bound / value;
}

function x(times: number): number {
  const inside = Math.min(RIGHT_END, Math.max(LEFT_END, times));
  const share = Math.log(inside / LEFT_END) / Math.log(RIGHT_END / LEFT_END);
  return Math.round(LABELS + share * (WIDTH - LABELS - FIGURES));
}
