import { AppError, type Principal, type Run } from "@llamaagent/core";
import type { Database, TenantTx } from "@llamaagent/db";
import { runColumns, type RunRow, toRun } from "./run-row.ts";

/** Error: `not_found`. */
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
