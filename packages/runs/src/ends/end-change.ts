import type { Run } from "@llamaagent/core";
import type { RunEnd } from "./run-end.ts";
import type { RunChange } from "../journal/write-run.ts";

const ENDED = `state = 'ended', owner = NULL, blocked = false, look_at = NULL, hint_due_at = NULL, ended_at = now(), updated_at = now()`;

/** The assignments that end a run, whoever does it; their values begin at `$<from>`. */
export function endChange(run: Pick<Run, "thread_id">, end: RunEnd, from: number): RunChange {
  const [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map((n) => `$${from + n}`);
  return {
    set: `${ENDED}, stop_reason = ${a}, output = ${b}, error = ${c}, input_tokens = ${d}, output_tokens = ${e}, produced = ${f}`,
    values: [
      end.reason,
      "output" in end ? JSON.stringify(end.output) : null,
      "error" in end ? JSON.stringify(end.error) : null,
      end.usage.input_tokens,
      end.usage.output_tokens,
      // Those of a thread's run are messages of the thread.
      "output" in end && run.thread_id === undefined ? JSON.stringify(end.messages) : null,
    ],
  };
}
