import { type PlanOptions, toolCall } from "./five-steps.ts";
import type { RunPlan } from "./run-plan.ts";

/** With the write and the last answer within the ten steps that an agent has. */
const READS = 7;

/**
 * Short reads, then an unsafe effect. Before a read nothing is committed that a cancellation could
 * refuse: what stops it is that the worker knows.
 */
export function manyReads({ label, effects, stepMs = 100 }: PlanOptions): RunPlan {
  const turn = (tool: "read_slowly" | "write_once", n: number) => ({
    delayMs: stepMs,
    toolCalls: [toolCall({ tool, effects, label: `${label}/${n}`, ms: stepMs })],
  });
  return {
    label,
    turns: [
      ...Array.from({ length: READS }, (_, n) => turn("read_slowly", n)),
      turn("write_once", READS),
      { delayMs: stepMs, text: "All is read." },
    ],
  };
}
