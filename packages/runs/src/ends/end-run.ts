import type { Run, RunHint } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import type { Fence } from "../claim-run.ts";
import { closeThread } from "./close-thread.ts";
import { endChange } from "./end-change.ts";
import { lockThread } from "../threads/lock-thread.ts";
import type { RunEnd } from "./run-end.ts";
import type { RunWriter } from "../journal/run-writer.ts";
import { type RunBatch, writeRun } from "../journal/write-run.ts";
import { wakeWebhook } from "../webhooks/wake-webhook.ts";

/** The owner ends its run: row, last events, thread and messages are one commit. Throws `RunLost`. */
export async function endOwnRun(
  { db, writer }: { db: Database; writer: RunWriter },
  fence: Fence,
  run: Run,
  batch: RunBatch,
  end: RunEnd,
): Promise<RunHint[]> {
  const { thread_id: threadId } = run;
  const change = endChange(run, end);
  if (threadId === undefined && run.webhook === undefined) {
    await writer.write({ fence, batch, change });
    return [];
  }
  return db.system(async (tx) => {
    if (threadId !== undefined) await lockThread(tx, fence.tenantId, threadId);
    await writeRun(tx, fence, batch, change);
    const hints = await closeThread(tx, fence.tenantId, run, end);
    await wakeWebhook(tx, fence, run);
    return hints;
  });
}
