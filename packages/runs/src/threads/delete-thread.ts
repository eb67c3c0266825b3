import type { Principal } from "@llamaagent/core";
import { deleteRunRows } from "../delete-run-rows.ts";
import { tellOfEnds } from "../ends/tell-of-end.ts";
import type { RunsContext } from "../runs-context.ts";
import { deleteThreadRows } from "./delete-thread-rows.ts";
import { endOpenRuns } from "./end-open-runs.ts";
import { threadNotFound } from "./find-thread.ts";
import { lockThread } from "./lock-thread.ts";

/** With their steps and events a statement has time for many more. */
const RUNS_AT_ONCE = 1_000;

/**
 * Removes a thread with its messages, checkpoints, files and runs; those that have not ended are ended
 * first, and nothing that their owners write later comes through. The oldest of very many runs go before,
 * piece by piece: where that breaks off, the thread is there, and is removed by asking again. Error: `not_found`.
 */
export async function deleteThread(
  context: RunsContext,
  principal: Principal,
  threadId: string,
): Promise<void> {
  const { tenantId } = principal;
  while (await deleteOldest(context, tenantId, threadId));
  const ended = await context.db.tenant(tenantId, async (tx) => {
    if ((await lockThread(tx, tenantId, threadId)) === undefined) throw threadNotFound();
    const now = context.clock.now();
    const open = await endOpenRuns(tx, { threadId, withDelayed: true, now });
    await deleteThreadRows(tx, { tenantId, threadId });
    return open;
  });
  await tellOfEnds(context, ended);
}

/** False, and nothing is done, where the thread has no more than go with it at once. */
async function deleteOldest(
  { db }: Pick<RunsContext, "db">,
  tenantId: string,
  threadId: string,
): Promise<boolean> {
  return db.tenant(tenantId, async (tx) => {
    const runs = await tx.query<{ run_id: string }>(
      `SELECT run_id FROM runs WHERE tenant_id = $1 AND thread_id = $2 AND state = 'ended' AND NOT thread_gone
       ORDER BY run_id LIMIT ${RUNS_AT_ONCE + 1}`,
      [tenantId, threadId],
    );
    if (runs.length <= RUNS_AT_ONCE) return false;
    const oldest = runs.slice(0, RUNS_AT_ONCE).map(({ run_id: runId }) => runId);
    await deleteRunRows(tx, tenantId, oldest);
    return true;
  });
}
