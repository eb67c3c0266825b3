import { isAppError, type Clock } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import { markAlone, retryWhileAway, type RunsContext } from "@llamaagent/runs";
import { createSlots } from "../slots.ts";
import type { ExecuteHere, Quarantine } from "./quarantine.ts";
import { waitInLine } from "./wait-in-line.ts";

/**
 * For a database that no other process can open (embedded): the run waits until it has all of the
 * worker's slots, so nothing else is executed beside it, and a death of the process is its own.
 */
export function aloneQuarantine(options: {
  context: Pick<RunsContext, "db">;
  executeHere: ExecuteHere;
  slotCount: number;
  clock: Clock;
  logger: Logger;
}): Quarantine {
  const { context, executeHere, logger } = options;
  /** Two that gather slots at once would wait for each other for ever. */
  const gathering = createSlots(1);

  return {
    // Nobody else could take them.
    isFull: false,
    async execute(claimed, control, slots) {
      slots.release();
      const waiting = waitInLine(claimed, control, options.clock);
      if (!(await waiting.acquire(gathering))) return executeHere(claimed, control);
      let held = 0;
      try {
        while (held < options.slotCount) {
          if (!(await waiting.acquire(slots))) return await executeHere(claimed, control);
          held += 1;
        }
        const marking = retryWhileAway(() => markAlone(context, claimed.fence), control.abandoned);
        if (await marking) await executeHere(waiting.remaining(), control);
      } catch (error) {
        // Given up while Postgres is away, or the run is somebody else's: others find it.
        const level = isAppError(error, "service_unavailable") ? "warn" : "error";
        logger[level]({ err: error, run_id: claimed.run.run_id }, "a run was not begun alone");
      } finally {
        for (; held > 0; held -= 1) slots.release();
        gathering.release();
      }
    },
  };
}
