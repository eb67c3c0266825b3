import type { Json, RunResume } from "@llamaagent/client";
import { CliError, EXIT } from "../cli-error.ts";
import { printOne } from "../output/print-one.ts";
import type { Remote } from "../remote.ts";
import { noteUnsettled, readUnsettled } from "../unsettled-steps.ts";

export const OUTCOMES = ["done", "not_done", "abort"] as const satisfies RunResume["outcome"][];

export interface ResumeOptions {
  outcome: RunResume["outcome"];
  output?: Json;
}

/** Tells a run that waits what became of a step, and says which others it waits for. */
export async function resumeRun(
  remote: Remote,
  { runId, stepKey }: { runId: string; stepKey: string },
  { outcome, output }: ResumeOptions,
): Promise<void> {
  if (output !== undefined && outcome !== "done")
    throw new CliError("--output goes with --outcome done", EXIT.usage);
  const { client, terminal, isJson } = remote;
  const settlement: RunResume =
    outcome === "done"
      ? { step_key: stepKey, outcome, ...(output === undefined ? {} : { output }) }
      : { step_key: stepKey, outcome };
  const run = await client.runs.resume(runId, settlement, remote);
  printOne(remote, { value: run, text: `${runId}  ${run.state}\n` });
  if (run.state === "waiting" && !isJson)
    noteUnsettled(terminal, runId, await readUnsettled(remote, runId));
}
