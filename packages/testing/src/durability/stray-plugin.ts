import { setTimeout as sleep } from "node:timers/promises";
import { definePlugin, defineTool } from "@llamaagent/core";
import { z } from "zod";

const input = z.object({});

/** Tools that succeed and leave an error behind which nobody awaits. */
export const plugin = definePlugin({
  tools: [
    defineTool({
      name: "stray_rejection",
      description: "Leaves a rejected promise behind",
      input,
      effect: "none",
      async execute() {
        void Promise.reject(new Error("stray rejection"));
        return 1;
      },
    }),
    defineTool({
      name: "stray_throw",
      description: "Throws in a timer",
      input,
      effect: "none",
      async execute() {
        setTimeout(() => {
          throw new Error("stray throw");
        }, 1);
        // The timer ends while the run is under way.
        await sleep(50);
        return 1;
      },
    }),
  ],
});
