import { type RunHint, RunSuspended, type RunUsage } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import {
  type Journal,
  RunCancelled,
  type RunEnd,
  RunLost,
  type RunRecorder,
} from "@llamaagent/runs";
import { RunHandedBack } from "./run-control.ts";
import { endByError } from "./run-failure.ts";

/** What became of a run here: its outcome, or what stopped it. */
export type RunResult = { end: RunEnd } | { error: unknown };

export interface SettledBy {
  journal: Journal;
  recorder: RunRecorder;
  /** Kept up to date, for a run that fails. */
  usage: RunUsage;
  logger: Logger;
}

/** Writes what became of a run, once; answers the hints that follow from it. Throws `RunLost`. */
export async function settleRun(result: RunResult, by: SettledBy): Promise<RunHint[]> {
  const { journal, recorder, usage, logger } = by;
  if ("end" in result) return recorder.end(result.end);
  const { error } = result;
  if (error instanceof RunLost) throw error;
  if (error instanceof RunHandedBack) {
    const hints = await recorder.handBack();
    logger.info("the run is handed back");
    return hints;
  }
  if (error instanceof RunSuspended) {
    try {
      await recorder.pause("effect_unknown", journal.suspended());
      return [];
    } catch (cancelled) {
      if (!(cancelled instanceof RunCancelled)) throw cancelled;
      return recorder.end({ reason: "cancelled", usage });
    }
  }
  const end = endByError(error, usage);
  if ("error" in end && end.error.code === "internal") logger.error({ err: error }, "run failed");
  return recorder.end(end);
}
