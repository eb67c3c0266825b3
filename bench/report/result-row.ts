import type { Goal, Measured, Row } from "../benchmark.ts";
import { quantile } from "../measure/quartiles.ts";
import type { ResultRow } from "./results.ts";

/** A row's figures as they are stored, against its goal. */
export function resultRow(
  { id, what, unit, goal }: Row,
  measured: Measured | undefined,
): ResultRow {
  if (measured === undefined) throw new Error(`${id} was not measured`);
  const { perRound, detail } = measured;
  const at = (share: number): number => Number(quantile(perRound, share).toPrecision(4));
  const [low, value, high] = [at(0.25), at(0.5), at(0.75)];
  return {
    id,
    value,
    low,
    high,
    goal: goal === undefined ? null : goalText(goal),
    unit,
    ...(goal && "aim" in goal ? { aim: goal.aim } : {}),
    met: goal === undefined ? null : isMet(goal, { perRound, value }),
    what,
    detail,
    rounds: perRound.length,
  };
}

function goalText(goal: Goal): string {
  if ("constant" in goal) return "constant";
  return "atMost" in goal ? `≤${goal.atMost}` : `≥${goal.atLeast}`;
}

function isMet(goal: Goal, { perRound, value }: { perRound: readonly number[]; value: number }) {
  if ("constant" in goal) return new Set(perRound).size === 1;
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}
