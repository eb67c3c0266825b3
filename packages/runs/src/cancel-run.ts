import type { Principal } from "@llamaagent/core";
import { deleteRunRows } from "./delete-run-rows.ts";
import { endWithoutTrace } from "./ends/end-without-trace.ts";
import { announceEnd } from "./ends/announce-end.ts";
import { endForeignRun } from "./ends/end-foreign-run.ts";
import { tellOfEnd } from "./ends/tell-of-end.ts";
import { findRun } from "./get-run.ts";
import type { RunsContext } from "./runs-context.ts";

/**
 * A run without an owner ends at once; a running one's owner is told, and every intent it would commit
 * is refused from this commit on. False where the run has ended: it stays as it is. Error: `not_found`.
 */
export async function cancelRun(
  context: RunsContext,
  principal: Principal,
  runId: string,
): Promise<boolean> {
  const { tenantId } = principal;
  const done = await context.db.tenant(tenantId, async (tx) => {
    for (;;) {
      if ((await findRun(tx, runId)).state === "ended") return "nothing";
      const ended = await endForeignRun(tx, {
        run: { tenantId, runId },
        from: { states: ["queued", "waiting"] },
        now: context.clock.now(),
        end: { reason: "cancelled" },
      });
      if (ended) {
        // Whoever sends the run's request again means another one, as of one that was at work.
        await tx.query(
          `UPDATE runs SET cancel_requested_at = now() WHERE tenant_id = $1 AND run_id = $2`,
          [tenantId, runId],
        );
        return ended;
      }
      const told = await tx.query(
        `UPDATE runs SET cancel_requested_at = coalesce(cancel_requested_at, now()), updated_at = now()
         WHERE tenant_id = $1 AND run_id = $2 AND state = 'running' RETURNING run_id`,
        [tenantId, runId],
      );
      if (told.length > 0) return "told";
      // It ended, or was removed, before its row was locked.
    }
  });
  if (done === "nothing") return false;
  if (done === "told") await context.cancelSignals.publish({ tenantId, runId });
  else await announceEnd(context, { tenantId, runId }, done);
  return true;
}

/**
 * Ends a run at once, also a running one, and removes it: its thread is as if it had never been. An
 * ended run stays as it is. Error: `not_found`.
 */
export async function rollBackRun(
  context: RunsContext,
  principal: Principal,
  runId: string,
): Promise<void> {
  const { tenantId } = principal;
  const ended = await context.db.tenant(tenantId, async (tx) => {
    await findRun(tx, runId);
    const endedNow = await endWithoutTrace(tx, runId, context.clock.now());
    if (endedNow) await deleteRunRows(tx, tenantId, [runId]);
    return endedNow;
  });
  if (ended) await tellOfEnd(context, { tenantId, runId }, ended);
}
