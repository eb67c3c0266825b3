import { setTimeout as sleep } from "node:timers/promises";
import { definePlugin, defineTool } from "@llamaagent/core";
import { z } from "zod";

/** A tool that tells how far it is. */
export const plugin = definePlugin({
  tools: [
    defineTool({
      name: "count_slowly",
      description: "Counts, and emits each number",
      input: z.object({ to: z.number().int(), everyMs: z.number().int() }),
      effect: "none",
      async execute({ to, everyMs }, { emit, signal }) {
        for (let n = 1; n <= to; n += 1) {
          await sleep(everyMs, undefined, { signal });
          emit({ n });
        }
        return { counted: to };
      },
    }),
  ],
});
