import type { Principal } from "@llamaagent/core";
import { announceEnd } from "./ends/announce-end.ts";
import { endForeignRun } from "./ends/end-foreign-run.ts";
import { findRun } from "./get-run.ts";
import type { RunsContext } from "./runs-context.ts";

/**
 * A run without an owner ends at once; a running one's owner is told, and every intent it would commit
 * is refused from this commit on. An ended run stays as it is. Error: `not_found`.
 */
export async function cancelRun(
  context: RunsContext,
  principal: Principal,
  runId: string,
): Promise<void> {
  const { tenantId } = principal;
  const ended = await context.db.tenant(tenantId, async (tx) => {
    for (;;) {
      if ((await findRun(tx, runId)).state === "ended") return undefined;
      const done = await endForeignRun(tx, {
        run: { tenantId, runId },
        from: { states: ["queued", "waiting"] },
        now: context.clock.now(),
        end: { reason: "cancelled" },
      });
      if (done) return done;
      const told = await tx.query(
        `UPDATE runs SET cancel_requested_at = coalesce(cancel_requested_at, now()), updated_at = now()
         WHERE tenant_id = $1 AND run_id = $2 AND state = 'running' RETURNING run_id`,
        [tenantId, runId],
      );
      if (told.length > 0) return undefined;
      // Between the two it was paused, or handed back: nobody would look at a request that is stored now.
    }
  });
  if (ended) await announceEnd(context, { tenantId, runId }, ended);
  else await context.cancelSignals.publish({ tenantId, runId });
}
