import type { Principal } from "@llamaagent/core";
import { tellOfEnd } from "../ends/tell-of-end.ts";
import type { RunsContext } from "../runs-context.ts";
import { deleteThreadRows } from "./delete-thread-rows.ts";
import { endOpenRuns } from "./end-open-runs.ts";
import { threadNotFound } from "./find-thread.ts";

/**
 * Removes a thread with its messages, checkpoints, files and runs; those that have not ended are ended
 * first, and nothing that their owners write later comes through. Error: `not_found`.
 */
export async function deleteThread(
  context: RunsContext,
  principal: Principal,
  threadId: string,
): Promise<void> {
  const { tenantId } = principal;
  const ended = await context.db.tenant(tenantId, async (tx) => {
    const [thread] = await tx.query<{ active: string | null }>(
      `SELECT active_run_id AS active FROM threads WHERE tenant_id = $1 AND thread_id = $2 FOR UPDATE`,
      [tenantId, threadId],
    );
    if (thread === undefined) throw threadNotFound();
    const now = context.clock.now();
    const open = await endOpenRuns(tx, { threadId, ...thread, withDelayed: true, now });
    await deleteThreadRows(tx, { tenantId, threadId });
    return open;
  });
  for (const { run, ended: end } of ended) await tellOfEnd(context, run, end);
}
