import {
  isoText,
  type Json,
  type JsonObject,
  type Message,
  type Problem,
  type Run,
  type RunState,
  statusOf,
  type StopReason,
} from "@llamaagent/core";
import type { Webhook } from "./webhooks/webhook.ts";

/** The columns of `runs` that make a `Run`; the row's alias or table is `runs`. */
export const runColumns = `runs.run_id, runs.agent_id, runs.agent_version, runs.thread_id, runs.state, runs.stop_reason,
  runs.input, runs.messages, runs.output, runs.error, runs.input_tokens, runs.output_tokens, runs.metadata,
  runs.created_at, runs.updated_at, runs.started_at, runs.ended_at, runs.available_at,
  runs.checkpoint_id, runs.on_completion, runs.retry_of, runs.retried_as, runs.urgency, runs.webhook`;

export interface RunRow {
  run_id: string;
  agent_id: string;
  agent_version: number;
  thread_id: string | null;
  state: RunState;
  stop_reason: StopReason | null;
  input: string | null;
  messages: string | null;
  output: string | null;
  error: string | null;
  input_tokens: number;
  output_tokens: number;
  metadata: JsonObject;
  created_at: Date;
  updated_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  available_at: Date | null;
  checkpoint_id: string | null;
  on_completion: "delete" | "keep" | null;
  retry_of: string | null;
  retried_as: string | null;
  urgency: number;
  /** JSON of a `Webhook`. */
  webhook: string | null;
}

/** Text columns hold what we wrote by JSON.stringify: their parsed type is what was written. */
export function toRun(row: RunRow): Run {
  const ended = row.state === "ended";
  const stopReason = row.stop_reason ?? undefined;
  return {
    run_id: row.run_id,
    agent_id: row.agent_id,
    agent_version: row.agent_version,
    ...(row.thread_id === null ? {} : { thread_id: row.thread_id }),
    status: statusOf(stopReason),
    state: row.state,
    ...(stopReason === undefined ? {} : { stop_reason: stopReason }),
    ...(row.input === null ? {} : { input: JSON.parse(row.input) as Json }),
    ...(row.messages === null ? {} : { messages: JSON.parse(row.messages) as Message[] }),
    ...(row.output === null ? {} : { output: JSON.parse(row.output) as Json }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as Problem }),
    ...(ended
      ? { usage: { input_tokens: row.input_tokens, output_tokens: row.output_tokens } }
      : {}),
    metadata: row.metadata,
    ...(row.checkpoint_id === null ? {} : { checkpoint: { checkpoint_id: row.checkpoint_id } }),
    ...(row.on_completion === null ? {} : { on_completion: row.on_completion }),
    ...(row.webhook === null ? {} : webhookOf(row.webhook)),
    ...(row.urgency === 0 ? {} : { priority: row.urgency }),
    ...(row.retry_of === null ? {} : { retry_of: row.retry_of }),
    ...(row.retried_as === null ? {} : { retried_as: row.retried_as }),
    created_at: isoText(row.created_at),
    updated_at: isoText(row.updated_at),
    ...(row.started_at === null ? {} : { started_at: isoText(row.started_at) }),
    ...(row.available_at === null ? {} : { available_at: isoText(row.available_at) }),
    ...(row.ended_at === null ? {} : { ended_at: isoText(row.ended_at) }),
  };
}

function webhookOf(text: string): Pick<Run, "webhook" | "webhook_events"> {
  const { url, events } = JSON.parse(text) as Webhook;
  return { webhook: url, webhook_events: events };
}
