import type { Principal } from "@llamaagent/core";
import { deleteRunRows } from "./delete-run-rows.ts";
import { endWithoutTrace } from "./ends/end-without-trace.ts";
import { tellOfEnd } from "./ends/tell-of-end.ts";
import { noSuchRun } from "./get-run.ts";
import type { RunsContext } from "./runs-context.ts";

/**
 * Removes a run with its steps and events; one that has not ended is ended first. What an ended run
 * added to its thread stays there. Error: `not_found`.
 */
export async function deleteRun(
  context: RunsContext,
  principal: Principal,
  runId: string,
): Promise<void> {
  const { tenantId } = principal;
  const ended = await context.db.tenant(tenantId, async (tx) => {
    const endedNow = await endWithoutTrace(tx, runId, context.clock.now());
    if ((await deleteRunRows(tx, tenantId, [runId])) === 0) throw noSuchRun();
    return endedNow;
  });
  if (ended) await tellOfEnd(context, { tenantId, runId }, ended);
}
