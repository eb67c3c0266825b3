import { definePlugin, defineTool } from "@llamaagent/core";
import { z } from "zod";

/** A call whose outcome nobody knows: its run waits for a person. */
export const plugin = definePlugin({
  tools: [
    defineTool({
      name: "hang",
      description: "does not answer in time",
      input: z.object({}),
      effect: "unsafe",
      timeoutSeconds: 1,
      execute: () => new Promise(() => undefined),
    }),
  ],
});
