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
const RUNS_MAX = 8;

/** One hint for each few runs that became claimable together, under the name of the first of them. */
export function groupHints(rows: readonly HintRow[]): RunHint[] {
  const firsts = rows.filter((_, index) => index % RUNS_MAX === 0);
  return firsts.map((row, index) => ({
    ...toHint(row),
    runs: Math.min(RUNS_MAX, rows.length - index * RUNS_MAX),
  }));
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
