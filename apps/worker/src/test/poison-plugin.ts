import { setTimeout as sleep } from "node:timers/promises";
import { definePlugin, defineTool } from "@llamaagent/core";
import { z } from "zod";

const input = z.object({});
const tool = (name: string, description: string, execute: () => Promise<unknown>) =>
  defineTool({ name, description, effect: "none", input, execute });

/** Keeps what it allocates, so that nothing can be collected. */
const hoard: unknown[] = [];

/** Tools that end the process in which they are called, and two that do no harm. */
export const plugin = definePlugin({
  tools: [
    tool("exit", "Ends the process", async () => process.exit(0)),
    tool("hoard", "Fills the memory", async () => {
      for (;;) hoard.push(Array.from({ length: 1_000 }, (_, n) => `${hoard.length} ${n}`));
    }),
    tool("spin", "Never returns", async () => {
      for (;;);
    }),
    tool("nap", "Sleeps for a second", async () => sleep(1_000)),
    tool("hold", "Waits for ever, whatever its signal says", () => new Promise(() => {})),
  ],
});
