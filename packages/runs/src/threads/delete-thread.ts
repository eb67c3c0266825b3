import type { Principal } from "@llamaagent/core";
import { tellOfEnds } from "../ends/tell-of-end.ts";
import type { RunsContext } from "../runs-context.ts";
import { deleteThreadRows } from "./delete-thread-rows.ts";
import { endOpenRuns } from "./end-open-runs.ts";
import { threadNotFound } from "./find-thread.ts";
import { lockThread } from "./lock-thread.ts";

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
    if ((await lockThread(tx, tenantId, threadId)) === undefined) throw threadNotFound();
    const now = context.clock.now();
    const open = await endOpenRuns(tx, { threadId, withDelayed: true, now });
    await deleteThreadRows(tx, { tenantId, threadId });
    return open;
  });
  await tellOfEnds(context, ended);
}
