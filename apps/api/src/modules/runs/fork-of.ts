import type { Run } from "@llamaagent/core";
import { type AdmitRun, WebhookEventType } from "@llamaagent/runs";
import { storedMessages } from "./run-messages.ts";
import type { RunFork } from "./run-fork.schemas.ts";

/** What to admit: the run again, with what the fork says instead. Its agent is the one of now. */
export function forkOf(run: Run, fork: RunFork): AdmitRun {
  const isAsked = fork.input !== undefined || fork.messages !== undefined;
  const input = isAsked ? (fork.input ?? undefined) : run.input;
  const messages = isAsked ? fork.messages && storedMessages(fork.messages) : run.messages;
  return {
    agent: run.agent_id,
    ...(run.thread_id === undefined ? {} : { threadId: run.thread_id }),
    ...(input === undefined ? {} : { input }),
    ...(messages === undefined ? {} : { messages }),
    metadata: fork.metadata ?? run.metadata,
    ...(fork.multitask_strategy && { multitaskStrategy: fork.multitask_strategy }),
    ...(run.on_completion && { onCompletion: run.on_completion }),
    ...(run.priority && { urgency: run.priority }),
    ...webhookOf(run),
  };
}

function webhookOf({ webhook: url, webhook_events: events }: Run): Pick<AdmitRun, "webhook"> {
  return url === undefined
    ? {}
    : { webhook: { url, events: WebhookEventType.array().parse(events) } };
}
