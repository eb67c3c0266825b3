import { AppError, type Run } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { readRunPage } from "./read-run-page.ts";

/** Why a run ended that nobody wanted to end so. */
export const DEAD_REASONS = [
  "error",
  "budget_exceeded",
  "poisoned",
  "nondeterministic_replay",
  "timeout",
] as const;
export type DeadReason = (typeof DEAD_REASONS)[number];

/** As the index has them: literals, for a parameter says nothing to the planner. */
export const IS_DEAD = `stop_reason IN (${DEAD_REASONS.map((reason) => `'${reason}'`).join(", ")}) AND dropped_at IS NULL`;

/**
 * Runs that ended in error or timed out and were neither retried nor dropped, newest first. Error:
 * `invalid_request` (more than 16 MiB together).
 */
export async function listDeadLetters(
  tx: TenantTx,
  page: { reason?: DeadReason | undefined; limit: number; before?: string | undefined },
): Promise<Run[]> {
  return readRunPage(tx, {
    condition: `tenant_id = $1 AND ${IS_DEAD} AND ($2::text IS NULL OR stop_reason = $2) AND ($3::uuid IS NULL OR run_id < $3)`,
    values: [tx.tenantId, page.reason ?? null, page.before ?? null],
    limit: page.limit,
  });
}

/** The run stays as it is, and is listed no more. Error: `not_found` (it is no dead letter). */
export async function dropDeadLetter(tx: TenantTx, runId: string): Promise<void> {
  const dropped = await tx.query(
    `UPDATE runs SET dropped_at = now() WHERE tenant_id = $1 AND run_id = $2 AND ${IS_DEAD} RETURNING run_id`,
    [tx.tenantId, runId],
  );
  if (dropped.length === 0)
    throw new AppError("not_found", { detail: "There is no such dead letter" });
}
