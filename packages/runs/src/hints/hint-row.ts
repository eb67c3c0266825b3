import type { RunHint } from "@llamaagent/core";

/** For RETURNING of a statement that makes runs claimable. */
export const hintColumns = `tenant_id, run_id, generation, priority`;

export interface HintRow {
  tenant_id: string;
  run_id: string;
  generation: number;
  priority: number;
}

export function toHint(row: HintRow): RunHint {
  return {
    tenantId: row.tenant_id,
    runId: row.run_id,
    generation: row.generation,
    priority: row.priority,
  };
}
