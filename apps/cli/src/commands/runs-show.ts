import type { Run, RunStep } from "@llamaagent/client";
import { block, details, jsonOf } from "../output/details.ts";
import { printOne } from "../output/print-one.ts";
import { type Column, table } from "../output/table.ts";
import type { Remote } from "../remote.ts";
import { noteUnsettled, unsettledOf } from "../unsettled-steps.ts";

const columns: Column<RunStep>[] = [
  { title: "STEP", value: (step) => step.step_key },
  { title: "NAME", value: (step) => step.name ?? step.kind },
  { title: "EFFECT", value: (step) => step.effect },
  { title: "STATE", value: (step) => step.state },
  { title: "SECONDS", value: secondsOf },
  { title: "ARGUMENTS", value: (step) => jsonText(step.arguments), canShrink: true },
  { title: "RESULT", value: (step) => jsonText(step.result), canShrink: true },
];

/** The run, and what it did step by step. */
export async function showRun(remote: Remote, runId: string): Promise<void> {
  const { client, signal, terminal } = remote;
  const run = await client.runs.get(runId, { signal });
  const { items: steps } = await client.runs.steps(runId, { signal });
  const stepsTable = steps.length === 0 ? "" : `\n${table(steps, columns, terminal.columns)}`;
  printOne(remote, { value: { run, steps }, text: `${runText(run)}${stepsTable}` });
  if (!remote.isJson) noteUnsettled(terminal, runId, unsettledOf(run, steps));
}

function runText(run: Run): string {
  const { usage, error } = run;
  return (
    details([
      ["run", run.run_id],
      ["status", `${run.status} (${run.stop_reason ?? run.state})`],
      ["agent", `${run.agent_id}, version ${run.agent_version}`],
      ["thread", run.thread_id],
      ["created", run.created_at],
      ["available", run.available_at],
      ["started", run.started_at],
      ["ended", run.ended_at],
      ["tokens", usage && `${usage.input_tokens} in, ${usage.output_tokens} out`],
      ["metadata", jsonOf(run.metadata)],
      ["retry of", run.retry_of],
      ["retried as", run.retried_as],
      ["error", error && `${error.code}: ${error.detail}`],
    ]) +
    block("input", run.input) +
    block("output", run.output)
  );
}

function secondsOf({ started_at: start, ended_at: end }: RunStep): string | undefined {
  return end === undefined ? undefined : ((Date.parse(end) - Date.parse(start)) / 1_000).toFixed(1);
}

function jsonText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
