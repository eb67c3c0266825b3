import { AppError, toProblem } from "@llamaagent/core";
import { announceEnd } from "./announce-end.ts";
import type { Fence } from "../claim-run.ts";
import { endForeignRun } from "./end-foreign-run.ts";
import type { RunsContext } from "../runs-context.ts";

/** The owner's last resort: what it has to store cannot be stored. Nothing where it has lost the run. */
export async function endBrokenRun(
  context: Pick<RunsContext, "db" | "hints" | "tail" | "clock">,
  { tenantId, runId, epoch }: Fence,
): Promise<void> {
  const run = { tenantId, runId };
  const ended = await context.db.system((tx) =>
    endForeignRun(tx, {
      run,
      from: { states: ["running"], epoch },
      now: context.clock.now(),
      end: { reason: "error", error: toProblem(new AppError("internal")) },
    }),
  );
  if (ended) await announceEnd(context, run, ended);
}
