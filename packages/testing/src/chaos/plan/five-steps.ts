import type { ScriptedToolCall } from "../../fake-openai-turn.ts";
import type { RunPlan } from "./run-plan.ts";

export interface PlanOptions {
  label: string;
  /** URL of the effect server. */
  effects: string;
  /** Of each step, about; default 200. */
  stepMs?: number;
  /** Given, each run has a pace of its own: else runs that begin together are hit in the same step. */
  random?: () => number;
}

type Tool = "read_slowly" | "write_keyed" | "write_once";

/** A call of the effects plug-in; `part` names it inside the run. */
export function toolCall(options: {
  tool: Tool;
  effects: string;
  label: string;
  ms: number;
}): ScriptedToolCall {
  const { tool: name, ...arguments_ } = options;
  return { name, arguments: arguments_ };
}

/** Five steps: answer, read, answer, one unsafe effect, answer; the answers are streamed. */
export function fiveSteps({ label, effects, stepMs = 200, random }: PlanOptions): RunPlan {
  const ms = Math.round(stepMs * (random ? 0.5 + random() : 1));
  const pace = { delayMs: Math.round(ms / 2), chunkDelayMs: Math.round(ms / 10) };
  const call = (tool: Tool, part: string): ScriptedToolCall =>
    toolCall({ tool, effects, label: `${label}/${part}`, ms });
  return {
    label,
    turns: [
      { ...pace, text: "I look at one thing first.", toolCalls: [call("read_slowly", "read")] },
      { ...pace, text: "Now the one effect.", toolCalls: [call("write_once", "effect")] },
      { ...pace, text: "All is done: one read, one effect, no more." },
    ],
  };
}

/** One step: an answer after so long. */
export function oneAnswer(label: string, delayMs: number): RunPlan {
  return { label, turns: [{ delayMs, text: "Done." }] };
}
