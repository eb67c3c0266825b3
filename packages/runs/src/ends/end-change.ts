import type { Run } from "@llamaagent/core";
import type { RunEnd } from "./run-end.ts";
import type { RunChange } from "../journal/write-run.ts";

const ENDED = `state = 'ended', owner = NULL, blocked = false, look_at = NULL, hint_due_at = NULL, ended_at = now(), updated_at = now(),
  stop_reason = given.stop_reason, output = given.output, error = given.error, input_tokens = given.input_tokens,
  output_tokens = given.output_tokens, produced = given.produced`;

/** What ends a run, whoever does it. */
export function endChange(run: Pick<Run, "thread_id" | "on_completion">, end: RunEnd): RunChange {
  return {
    set: ENDED,
    given: [
      { name: "stop_reason", type: "text", value: end.reason },
      { name: "output", type: "text", value: "output" in end ? JSON.stringify(end.output) : null },
      { name: "error", type: "text", value: "error" in end ? JSON.stringify(end.error) : null },
      { name: "input_tokens", type: "bigint", value: end.usage.input_tokens },
      { name: "output_tokens", type: "bigint", value: end.usage.output_tokens },
      {
        name: "produced",
        type: "text",
        // Those of a thread's run are messages of the thread, unless it goes with the run.
        value:
          "output" in end && (run.thread_id === undefined || run.on_completion === "delete")
            ? JSON.stringify(end.messages)
            : null,
      },
    ],
  };
}
