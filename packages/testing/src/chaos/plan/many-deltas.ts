import { type PlanOptions, toolCall } from "./five-steps.ts";
import type { RunPlan } from "./run-plan.ts";

const CHUNKS = 40;
const CHUNK_MS = 30;
const TOOLS = ["read_slowly", "write_keyed", "write_once"] as const;
export const TOOLS_AT_ONCE = TOOLS.length;

/** Three answers of many deltas each; after each of the first two, three tools at once, one of them unsafe. */
export function manyDeltas({ label, effects }: Pick<PlanOptions, "label" | "effects">): RunPlan {
  const pace = { delayMs: CHUNK_MS, chunkDelayMs: CHUNK_MS };
  const chunks = (turn: number): string[] =>
    Array.from({ length: CHUNKS }, (_, n) => `é${turn}.${n} `);
  const tools = (turn: number) =>
    TOOLS.map((tool, n) =>
      toolCall({ tool, effects, label: `${label}/${turn}.${n}`, ms: 400 + 200 * n }),
    );
  return {
    label,
    turns: [
      { ...pace, chunks: chunks(0), toolCalls: tools(0) },
      { ...pace, chunks: chunks(1), toolCalls: tools(1) },
      { ...pace, chunks: chunks(2) },
    ],
  };
}
