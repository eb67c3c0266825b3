import type { Run, RunEvent, RunStep } from "@llamaagent/client";
import { quoted } from "./completion/shell-cases.ts";
import type { Remote } from "./remote.ts";
import { oneLine, type Terminal } from "./terminal.ts";

/** The steps of which a run that waits must be told what became of them. */
export function unsettledOf(run: Pick<Run, "state">, steps: readonly RunStep[]): RunStep[] {
  // One that was aborted keeps them as they were.
  return run.state === "waiting" ? steps.filter(({ state }) => state === "unknown") : [];
}

/** Those of the run as it is now. */
export async function readUnsettled(
  { client: { runs }, signal }: Pick<Remote, "client" | "signal">,
  runId: string,
): Promise<RunStep[]> {
  const run = await runs.get(runId, { signal });
  if (run.state !== "waiting") return [];
  return unsettledOf(run, (await runs.steps(runId, { signal })).items);
}

/** A line for each: the command that settles it. */
export function noteUnsettled(
  { note }: Pick<Terminal, "note">,
  runId: string,
  steps: readonly Pick<RunStep, "step_key" | "name">[],
): void {
  for (const { step_key: key, name = "the step" } of steps) {
    const step = /^[\w/.:-]+$/.test(key) ? key : quoted(key);
    // In angle brackets no shell takes it for three commands of which the first says `done`.
    const command = `llamaagent runs resume ${runId} ${step} --outcome <done|not_done|abort> [--output <json>]`;
    note(`‖ waits for a person: did ${oneLine(name, 100)} take effect? ${command}\n`, "yellow");
  }
}

/** Whether nothing follows this event until a person settles a step; then says how. */
export async function waitsForPerson(
  remote: Pick<Remote, "client" | "terminal" | "signal">,
  { type, data }: RunEvent,
): Promise<boolean> {
  if (type !== "run.paused") return false;
  // Of a run that went on since, the pause is one of long ago.
  const steps = (await readUnsettled(remote, data.run_id)).filter(({ step_key: key }) =>
    data.step_keys.includes(key),
  );
  noteUnsettled(remote.terminal, data.run_id, steps);
  return steps.length > 0;
}
