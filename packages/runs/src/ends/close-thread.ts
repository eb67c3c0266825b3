import {
  isDeeperThan,
  type JsonObject,
  type Run,
  type RunHint,
  storableAsJsonb,
} from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { inputMessages } from "../input-messages.ts";
import { changeThread } from "../threads/change-thread.ts";
import { deleteThreadRows } from "../threads/delete-thread-rows.ts";
import { releaseThread } from "./release-thread.ts";
import { messagesAfter, type RunEnd, threadStatusAfter } from "./run-end.ts";

/**
 * What the end of a run does to its thread, which the caller has locked: adds the run's messages and
 * values, gives the turn on; removes the thread where it goes with the run. Answers the hints to be sent
 * after the commit. Nothing where the thread is gone.
 */
export async function closeThread(
  tx: Tx,
  tenantId: string,
  run: Run,
  end: RunEnd,
  { addsMessages = true } = {},
): Promise<RunHint[]> {
  const { thread_id: threadId, run_id: runId, checkpoint } = run;
  if (threadId === undefined) return [];
  // Not with a run that had to give way or was removed: the thread is as if it had never been.
  const goesAlong = addsMessages && run.on_completion === "delete";
  if (goesAlong && !(await hasOpenRuns(tx, tenantId, threadId))) {
    await deleteThreadRows(tx, { tenantId, threadId, keeping: runId });
    return [];
  }
  // One that went on from an earlier checkpoint and came to nothing leaves the thread where it stands.
  const isFailedFork = checkpoint !== undefined && !("output" in end);
  if (addsMessages && !isFailedFork)
    await changeThread(tx, {
      tenantId,
      threadId,
      checkpointId: runId,
      runId,
      from: checkpoint?.checkpoint_id,
      messages: [...inputMessages(run), ...messagesAfter(end)],
      values: valuesOf(end),
      metadata: { source: "run", run_id: runId },
    });
  return releaseThread(tx, {
    tenantId,
    threadId,
    runId,
    // Without a word of the run the thread is as before it.
    status: addsMessages ? threadStatusAfter(end) : "idle",
  });
}

async function hasOpenRuns(tx: Tx, tenantId: string, threadId: string): Promise<boolean> {
  const open = await tx.query(
    `SELECT FROM runs WHERE tenant_id = $1 AND thread_id = $2 AND state <> 'ended' LIMIT 1`,
    [tenantId, threadId],
  );
  return open.length > 0;
}

/** Postgres parses jsonb recursively; an end must not fail on it. */
const VALUES_LEVELS_MAX = 100;

/** What an output adds to the thread's values: its own fields, where it is an object. */
function valuesOf(end: RunEnd): JsonObject {
  if (!("output" in end)) return {};
  const { output } = end;
  const isObject = output !== null && typeof output === "object" && !Array.isArray(output);
  return isObject && !isDeeperThan(output, VALUES_LEVELS_MAX) ? storableAsJsonb(output) : {};
}
