import type { Run, RunHint } from "@llamaagent/core";
import type { SystemTx } from "@llamaagent/db";
import type { Fence } from "../claim-run.ts";
import { closeThread } from "./close-thread.ts";
import { endChange } from "./end-change.ts";
import { lockThread } from "./release-thread.ts";
import type { RunEnd } from "./run-end.ts";
import { type RunBatch, writeRun } from "../journal/write-run.ts";

/** The owner ends its run: row, last events, thread and messages are one commit. Throws `RunLost`. */
export async function endOwnRun(
  tx: SystemTx,
  fence: Fence,
  run: Run,
  batch: RunBatch,
  end: RunEnd,
): Promise<RunHint[]> {
  if (run.thread_id !== undefined) await lockThread(tx, fence.tenantId, run.thread_id);
  await writeRun(tx, fence, batch, endChange(run, end, 5));
  return closeThread(tx, fence.tenantId, run, end);
}
