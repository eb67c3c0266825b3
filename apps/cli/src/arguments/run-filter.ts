import type { Json, Run } from "@llamaagent/client";
import { type Command, Option } from "commander";
import { metadataOption } from "./metadata-option.ts";

export interface RunFilterOptions {
  status?: Run["status"];
  agent?: string;
  thread?: string;
  metadata?: Record<string, Json>;
}

const STATUSES = ["pending", "success", "error", "timeout", "interrupted"];

export function withRunFilter(command: Command): Command {
  return command
    .addOption(new Option("-s, --status <status>", "only runs with this status").choices(STATUSES))
    .option("-a, --agent <agent>", "only runs of this agent, by name or id")
    .option("-t, --thread <thread-id>", "only runs of this thread")
    .addOption(metadataOption("only runs whose metadata contain this"));
}

/** As the server is asked for it. */
export function runFilter({ status, agent, thread, metadata }: RunFilterOptions): {
  status?: Run["status"];
  agent_id?: string;
  thread_id?: string;
  metadata?: Record<string, Json>;
} {
  return {
    ...(status === undefined ? {} : { status }),
    ...(agent === undefined ? {} : { agent_id: agent }),
    ...(thread === undefined ? {} : { thread_id: thread }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
