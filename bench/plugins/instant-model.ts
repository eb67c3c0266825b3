import { setTimeout as sleep } from "node:timers/promises";
import { type ChatResponse, definePlugin, defineProvider } from "@llamaagent/core";
import { z } from "zod";

const response: ChatResponse = {
  content: "An answer.",
  tool_calls: [],
  usage: { input_tokens: 10, output_tokens: 3 },
  finish_reason: "stop",
};

/**
 * `bench/0` answers at once, in the worker's own process; `bench/200` after 200 ms; `bench/150-250` after
 * times evenly spread between. What a run costs with it is what the server costs.
 */
export const plugin = definePlugin({
  providers: [
    defineProvider({
      id: "bench",
      description: "The benchmark's model: the same answer after so many milliseconds",
      settings: z.object({}),
      create: async (name) => {
        const [least = 0, most = least] = name.split("-").map(Number);
        const wait = async (signal: AbortSignal): Promise<unknown> => {
          const delayMs = least + (most - least) * nextShare();
          return delayMs > 0 ? sleep(delayMs, undefined, { signal }) : undefined;
        };
        return {
          id: `bench/${name}`,
          async complete(_request, { signal }) {
            await wait(signal);
            return response;
          },
          async *stream(_request, { signal }) {
            await wait(signal);
            yield { type: "text", text: response.content };
            yield { type: "completed", response };
          },
        };
      },
    }),
  ],
});

/** Multiples of the golden ratio, whole parts dropped: even from the first on, and the same each time. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
let shares = 0;
const nextShare = (): number => ((shares += 1) * GOLDEN) % 1;
