import { z } from "zod";
import type { CallOptions, ToolSpec } from "./chat-model.ts";
import type { ToolCall } from "./message.ts";
import type { Problem } from "./errors.ts";
import type { Json } from "./json.ts";

/**
 * What repeating a call does. `none`: nothing outside changes. `idempotent`: the target folds repeats
 * with the same key into one. `unsafe`: never repeated without knowing the first outcome.
 */
export const Effect = z.enum(["none", "idempotent", "unsafe"]);
export type Effect = z.infer<typeof Effect>;

export interface ToolContext {
  signal: AbortSignal;
  runId: string;
  /** Equal for every attempt of the same call, also by a run that takes up another: `${runId}:${step}` of the first. */
  idempotencyKey: string;
  /** Absolute path of the run's own folder; tools touch files nowhere else. */
  workspace: string;
  /** The injected clock. */
  now: () => Date;
  /**
   * Tells those who stream the run of what happens on the way, as the event `tool_call.emitted`; the model
   * is not told. Any JSON value of at most 16,384 characters. Throws `tool_failed` for another one; does
   * nothing once the call is over. A call that is repeated after a worker's death emits again: what the
   * first one emitted is void.
   */
  emit: (value: unknown) => void;
}

/** Answer of a tool's `probe` to "did the call with this key take effect?". */
export type ProbeOutcome =
  | { outcome: "done"; output: unknown }
  | { outcome: "not_done" }
  | { outcome: "unknown" };

export interface Tool<Input = never> {
  name: string;
  description: string;
  input: z.ZodType<Input>;
  effect: Effect;
  /** Wall-clock bound of one call, in seconds. */
  timeoutSeconds: number;
  /** The output is any JSON value. */
  execute(input: Input, context: ToolContext): Promise<unknown>;
  /** For `unsafe` tools whose target can be asked whether a call took effect. */
  probe?: (input: Input, context: ToolContext) => Promise<ProbeOutcome>;
}

/** A tool's failure is an answer to the model, not the end of the run. */
export type ToolResult =
  | { status: "completed"; output: unknown }
  | { status: "failed"; error: Problem };

export interface ToolInfo extends ToolSpec {
  effect: Effect;
}

export interface ToolCallOptions extends CallOptions {
  /** Told of each value that the tool emits, before the call ends. */
  onEmit?: ((value: Json) => void) | undefined;
}

export interface ToolExecutor {
  list(): ToolInfo[];
  call(toolCall: ToolCall, options: ToolCallOptions): Promise<ToolResult>;
}

/** An executor whose tools can be asked about a call whose outcome is unknown. */
export interface ProbingToolExecutor extends ToolExecutor {
  probe(toolCall: ToolCall, options: CallOptions): Promise<ProbeOutcome>;
}
