import {
  AppError,
  type Effect,
  type Json,
  type Principal,
  type Run,
  type RunStep,
} from "@llamaagent/core";
import type { Database, TenantTx } from "@llamaagent/db";
import { runColumns, type RunRow, toRun } from "./run-row.ts";

export async function findRun(tx: TenantTx, runId: string): Promise<Run> {
  const [row] = await tx.query<RunRow>(
    `SELECT ${runColumns} FROM runs WHERE tenant_id = $1 AND run_id = $2`,
    [tx.tenantId, runId],
  );
  if (row === undefined) throw noSuchRun();
  return toRun(row);
}

export const noSuchRun = (): AppError =>
  new AppError("not_found", { detail: "There is no such run" });

/** Error: `not_found`, also for another tenant's run. */
export async function getRun(
  context: { db: Database },
  principal: Principal,
  runId: string,
): Promise<Run> {
  return context.db.tenant(principal.tenantId, (tx) => findRun(tx, runId));
}

interface StepRow {
  step_key: string;
  kind: RunStep["kind"];
  name: string | null;
  effect: Effect;
  state: RunStep["state"];
  result: string | null;
  started_at: Date;
  ended_at: Date | null;
}

/** The steps of a run, in the order in which they began. A result over 256 KiB is left out. */
export async function listRunSteps(
  context: { db: Database },
  principal: Principal,
  runId: string,
): Promise<RunStep[]> {
  return context.db.tenant(principal.tenantId, async (tx) => {
    await findRun(tx, runId);
    const rows = await tx.query<StepRow>(
      `SELECT step_key, kind, name, effect, state, result, started_at, ended_at FROM run_steps
       WHERE tenant_id = $1 AND run_id = $2 ORDER BY started_at, step_key`,
      [tx.tenantId, runId],
    );
    return rows.map((row) => ({
      step_key: row.step_key,
      kind: row.kind,
      ...(row.name === null ? {} : { name: row.name }),
      effect: row.effect,
      state: row.state,
      ...(row.result === null ? {} : { result: JSON.parse(row.result) as Json }),
      started_at: row.started_at.toISOString(),
      ...(row.ended_at === null ? {} : { ended_at: row.ended_at.toISOString() }),
    }));
  });
}
