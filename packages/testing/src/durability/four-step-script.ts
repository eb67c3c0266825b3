import type { FakeChatRequest } from "../fake-openai-request.ts";
import type { Turn } from "../fake-openai-turn.ts";

/** A call of the model, as the fake server met it. */
export interface ModelCall {
  label: string;
  turn: number;
  at: number;
}

/**
 * Four steps: a streamed answer that calls three tools in parallel, one unsafe call, a streamed last
 * answer. The user's text is the run's label; every call is recorded.
 */
export function fourStepScript(options: {
  /** URL of the effect server. */
  effects: string;
  calls: ModelCall[];
  delayMs: number;
  /** From 0 to below 1. */
  random: () => number;
}): (request: FakeChatRequest) => Turn {
  const { effects, calls, random } = options;
  return ({ userText: label, turn }) => {
    calls.push({ label, turn, at: Date.now() });
    // Not all at one pace: else runs that begin together are killed in the same step.
    const delayMs = Math.round(options.delayMs * (0.4 + 1.2 * random()));
    const pace = { delayMs, chunkDelayMs: delayMs / 10 };
    const call = (name: string, part: string) => ({
      name,
      arguments: { effects, label: `${label}/${part}`, ms: options.delayMs },
    });
    // `turn` counts the answers since the user spoke: 0 the first, 1 after the three tools.
    if (turn === 0)
      return {
        ...pace,
        text: `I look at three things for ${label}, one after the other and all at once.`,
        toolCalls: ["a", "b", "c"].map((part) => call("read_slowly", part)),
      };
    if (turn === 1)
      return { ...pace, text: "Now the one effect.", toolCalls: [call("write_once", "effect")] };
    return { ...pace, text: `All is done for ${label}: three reads and one effect, no more.` };
  };
}
