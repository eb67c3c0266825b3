import type { Run, RunKey } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { wakeTask } from "../tasks/wake-task.ts";

/**
 * In the transaction that stores an event of which a run's receiver is to be told, last: tasks are locked
 * after threads and runs.
 */
export async function wakeWebhook(
  tx: Tx,
  { tenantId, runId }: RunKey,
  run: Pick<Run, "webhook">,
): Promise<void> {
  if (run.webhook !== undefined) await wakeTask(tx, { tenantId, taskId: runId });
}
