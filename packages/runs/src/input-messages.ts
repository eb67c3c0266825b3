import type { Message, Run } from "@llamaagent/core";

/** A string input is one user message; other JSON is a `json` part; then come the run's messages. */
export function inputMessages(run: Pick<Run, "input" | "messages">): Message[] {
  const messages = run.messages ?? [];
  if (run.input === undefined) return messages;
  const content =
    typeof run.input === "string" ? run.input : [{ type: "json" as const, json: run.input }];
  return [{ role: "user", content }, ...messages];
}
