import { setTimeout as sleep } from "node:timers/promises";
import { definePlugin, defineTool, type Effect } from "@llamaagent/core";
import { z } from "zod";
import type { EffectCall, EffectLine } from "./effect-server.ts";

const input = z.object({
  /** URL of the effect server. */
  effects: z.string(),
  label: z.string(),
  /** Time that the call takes, half of it before and half after its effect. */
  ms: z.number().int().min(0).max(10_000),
});

function effectTool(name: string, effect: Effect, timeoutSeconds = 60) {
  return defineTool({
    timeoutSeconds,
    name,
    description: `Tells a server of its call; declared ${effect}`,
    input,
    effect,
    async execute({ effects, label, ms }, { idempotencyKey, signal }) {
      const call: EffectCall = { tool: name, label, key: idempotencyKey, pid: process.pid };
      const tell = async (phase: EffectLine["phase"]): Promise<void> => {
        const body = JSON.stringify(call);
        const answer = await fetch(`${effects}/${phase}`, { method: "POST", body, signal });
        if (!answer.ok) throw new Error(`the effect server answered ${answer.status}`);
      };
      await tell("begun");
      await sleep(ms / 2, undefined, { signal });
      await tell("done");
      await sleep(ms / 2, undefined, { signal });
      return { label };
    },
  });
}

/** Tools whose every call can be counted afterwards. */
export const plugin = definePlugin({
  tools: [
    effectTool("read_slowly", "none"),
    effectTool("write_keyed", "idempotent"),
    effectTool("write_once", "unsafe"),
    effectTool("write_late", "unsafe", 1),
  ],
});
