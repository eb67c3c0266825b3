import { isAppError } from "@llamaagent/core";
import {
  type ClaimedRun,
  endPoisonedRun,
  QUARANTINE_FROM,
  retryWhileAway,
  STRIKES_MAX,
} from "@llamaagent/runs";
import { type ExecuteRun, executeRun } from "./execute-run.ts";
import type { LeftAgents } from "./left-agents.ts";
import type { Quarantine } from "./quarantine/quarantine.ts";
import type { RunControl } from "./run-control.ts";
import type { Slots } from "./slots.ts";

/**
 * Executes a claimed run where its strikes say: beside the others, in quarantine, or not any more; or
 * leaves it to others. Never rejects; gives back the slot that the run holds.
 */
export function createExecuteClaimed(
  deps: ExecuteRun,
  by: { quarantine: Quarantine; slots: Slots; leftAgents: LeftAgents },
): (claimed: ClaimedRun, control: RunControl) => Promise<void> {
  const { quarantine, slots, leftAgents } = by;
  return async (claimed, control) => {
    // A cancelled run only ends: nothing of it is executed.
    const onlyEnds = claimed.cancelRequested || claimed.strikes >= STRIKES_MAX;
    if (!onlyEnds && (await leftAgents.leave(claimed, control))) return slots.release();
    const isApart = claimed.strikes >= QUARANTINE_FROM && !claimed.cancelRequested;
    if (isApart && claimed.strikes < STRIKES_MAX)
      return quarantine.execute(claimed, control, slots);
    try {
      if (isApart) await endPoisoned(claimed, control);
      else await executeRun(deps, claimed, control);
    } finally {
      slots.release();
    }
  };

  async function endPoisoned(claimed: ClaimedRun, control: RunControl): Promise<void> {
    const logger = deps.logger.child({ run_id: claimed.run.run_id, strikes: claimed.strikes });
    try {
      const ending = () => endPoisonedRun(deps.context, claimed.fence);
      const outcome = await retryWhileAway(ending, control.abandoned);
      logger.warn({ outcome }, "a run has had its last strike");
    } catch (error) {
      if (isAppError(error, "service_unavailable")) return;
      logger.error({ err: error }, "a run that has had its last strike has no end");
    }
  }
}
