import { setTimeout as sleep } from "node:timers/promises";
import { agentsPlugin } from "@llamaagent/agents/manifest";
import {
  type CallOptions,
  type ChatModel,
  createPluginRegistry,
  defineTool,
  type Effect,
  type PluginRegistry,
} from "@llamaagent/core";
import { z } from "zod";
import type { Mortality } from "./mortal-worker.ts";

/** What really happened, over all lives of a run. */
export interface World {
  /** `<life> <step or tool key>` of each execution, in order. */
  executions: { life: number; step: string }[];
  /** Idempotency keys of effects that took place, with repeats. */
  effects: string[];
}

const turns = [
  { texts: ["Let ", "me ", "look."], tools: ["look", "put", "send"] },
  { texts: ["And ", "once more."], tools: ["send", "look"] },
  { texts: ["Done", ": ", "all of it"], tools: [] },
];

/** A model and tools that pass a point before and after everything they do. */
export function replayScenario(
  world: World,
  life: number,
  mortality: Mortality,
): { model: ChatModel; registry: PluginRegistry } {
  async function* stream(_request: unknown, { step }: CallOptions) {
    world.executions.push({ life, step });
    const turn = turns[Number(step.split("/")[1])];
    if (turn === undefined) throw new Error(`no turn for ${step}`);
    for (const [index, text] of turn.texts.entries()) {
      await mortality.point();
      yield { type: "text" as const, text };
      // Longer than a background flush: half a message becomes durable.
      if (index === 0) await sleep(70);
    }
    await mortality.point();
    yield {
      type: "completed" as const,
      response: {
        content: turn.texts.join(""),
        tool_calls: turn.tools.map((name, n) => ({ id: `${step}-${n}`, name, arguments: { n } })),
        usage: { input_tokens: 10, output_tokens: 5 },
        finish_reason: turn.tools.length > 0 ? ("tool_calls" as const) : ("stop" as const),
      },
    };
  }
  const tool = (name: string, effect: Effect, delayMs: number) =>
    defineTool({
      name,
      description: name,
      effect,
      input: z.object({ n: z.number() }),
      async execute(_input, { idempotencyKey, runId }) {
        world.executions.push({ life, step: idempotencyKey.slice(runId.length + 1) });
        await mortality.point();
        await sleep(delayMs);
        if (effect !== "none") world.effects.push(idempotencyKey);
        await mortality.point();
        return { did: name };
      },
    });
  return {
    model: { id: "test/scripted", stream, complete: () => Promise.reject(new Error("unused")) },
    registry: createPluginRegistry([
      { source: "agents", plugin: agentsPlugin },
      {
        source: "test",
        plugin: {
          // They end in another order than they begin.
          tools: [
            tool("look", "none", 30),
            tool("put", "idempotent", 15),
            tool("send", "unsafe", 1),
          ],
        },
      },
    ]),
  };
}
