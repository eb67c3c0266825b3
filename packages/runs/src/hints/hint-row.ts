import type { RunHint } from "@llamaagent/core";

/** For RETURNING of a statement that makes runs claimable. */
export const hintColumns = `tenant_id, run_id, generation, priority`;

export interface HintRow {
  tenant_id: string;
  run_id: string;
  generation: number;
  priority: number;
}

/** Equal for repeats of a hint. */
export const hintId = ({ runId, generation, runs }: RunHint): string =>
  `${runId}-${generation}-${runs}`;

/** Enough to spread a burst over workers, few enough that one does not sit on it. */
const RUNS_MAX = 16;

/** Neighbours in one, as far as a hint may tell of so many runs: under the name of the first of them. */
export function mergeHints(hints: readonly RunHint[]): RunHint[] {
  const merged: RunHint[] = [];
  for (const hint of hints) {
    const last = merged.at(-1);
    if (last !== undefined && last.runs + hint.runs <= RUNS_MAX) last.runs += hint.runs;
    else merged.push({ ...hint });
  }
  return merged;
}

export function toHint(row: HintRow): RunHint {
  return {
    tenantId: row.tenant_id,
    runId: row.run_id,
    generation: row.generation,
    priority: row.priority,
    runs: 1,
  };
}
