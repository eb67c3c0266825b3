import type { Json, Run } from "@llamaagent/client";
import { type Command, Option } from "commander";
import { metadataOption } from "./metadata-option.ts";

export interface RunFilterOptions {
  status?: Run["status"];
  state?: Run["state"];
  stopReason?: StopReason;
  agent?: string;
  thread?: string;
  metadata?: Record<string, Json>;
}

type StopReason = NonNullable<Run["stop_reason"]>;

const STATUSES = ["pending", "success", "error", "timeout", "interrupted"];
const STATES = ["queued", "running", "waiting", "ended"];
/** @internal For its test. */
export const STOP_REASONS = [
  "completed",
  "max_steps",
  "cancelled",
  "error",
  "budget_exceeded",
  "poisoned",
  "nondeterministic_replay",
  "timeout",
  "effect_unknown",
];

export function withRunFilter(command: Command): Command {
  return command
    .addOption(new Option("-s, --status <status>", "only runs with this status").choices(STATUSES))
    .addOption(
      new Option("--state <state>", "only runs in this state; waiting: for a person").choices(
        STATES,
      ),
    )
    .addOption(
      new Option("--stop-reason <reason>", "only runs that ended or wait for this reason").choices(
        STOP_REASONS,
      ),
    )
    .option("-a, --agent <agent>", "only runs of this agent, by name or id")
    .option("-t, --thread <thread-id>", "only runs of this thread")
    .addOption(metadataOption("only runs whose metadata contain this"));
}

/** As the server is asked for it. */
export function runFilter({
  status,
  state,
  stopReason,
  agent,
  thread,
  metadata,
}: RunFilterOptions): {
  status?: Run["status"];
  state?: Run["state"];
  stop_reason?: StopReason;
  agent_id?: string;
  thread_id?: string;
  metadata?: Record<string, Json>;
} {
  return {
    ...(status === undefined ? {} : { status }),
    ...(state === undefined ? {} : { state }),
    ...(stopReason === undefined ? {} : { stop_reason: stopReason }),
    ...(agent === undefined ? {} : { agent_id: agent }),
    ...(thread === undefined ? {} : { thread_id: thread }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
