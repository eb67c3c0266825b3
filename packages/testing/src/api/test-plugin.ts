import { agentsPlugin } from "@llamaagent/agents/manifest";
import {
  AppError,
  createPluginRegistry,
  definePlugin,
  defineProvider,
  defineTool,
  type Plugin,
  type PluginRegistry,
} from "@llamaagent/core";
import { modelsPlugin } from "@llamaagent/models/manifest";
import { plugin as hangingPlugin } from "../durability/hanging-plugin.ts";
import { type ScriptedTurn, scriptedModel } from "../scripted-model.ts";
import { toolsPlugin } from "@llamaagent/tools/manifest";
import { z } from "zod";

const twoCalls = [
  { name: "echo", arguments: { text: "a" } },
  { name: "nothing", arguments: {} },
];
const countCall = { name: "count", arguments: { to: 3 } };
const call = (name: string): ScriptedTurn => ({ toolCalls: [{ name, arguments: { text: "a" } }] });

/** Each model is made anew for each run, so each run plays its script from the start. */
const plugin = definePlugin({
  providers: [
    defineProvider({
      id: "test",
      description: "scripted answers",
      settings: z.object({}),
      create: async (model) => {
        if (model === "broken") return scriptedModel([{ error: new AppError("model_rejected") }]);
        if (model === "slow") return scriptedModel([{ text: "late", delayMs: 60_000 }]);
        if (model === "count") return scriptedModel([{ toolCalls: [countCall] }, "3"]);
        if (model === "tools") return scriptedModel([{ toolCalls: twoCalls }, { text: "Done" }]);
        if (model === "hang") return scriptedModel([call("hang"), { text: "Done." }]);
        if (model === "fails")
          return scriptedModel([
            call("echo"),
            call("echo"),
            call("echo"),
            { error: new AppError("model_rejected") },
          ]);
        return scriptedModel([{ text: ["Hel", "lo"] }]);
      },
    }),
    defineProvider({
      id: "unconfigured",
      description: "needs UNCONFIGURED_KEY",
      settings: z.object({ UNCONFIGURED_KEY: z.string().optional() }),
      isConfigured: ({ UNCONFIGURED_KEY }) => UNCONFIGURED_KEY !== undefined,
      create: async () => scriptedModel([]),
    }),
  ],
  tools: [
    defineTool({
      name: "echo",
      description: "answers with its text",
      input: z.object({ text: z.string() }),
      effect: "none",
      execute: async ({ text }) => text,
    }),
    defineTool({
      name: "count",
      description: "emits the numbers up to one",
      input: z.object({ to: z.number() }),
      effect: "none",
      async execute({ to }, { emit }) {
        for (let n = 1; n <= to; n += 1) emit({ n });
        return to;
      },
    }),
  ],
});

export function testRegistry(others: readonly Plugin[] = []): PluginRegistry {
  const builtIn = [modelsPlugin, toolsPlugin, agentsPlugin];
  return createPluginRegistry([
    ...builtIn.map((one) => ({ source: "built-in", plugin: one })),
    ...[plugin, hangingPlugin, ...others].map((one) => ({ source: "test", plugin: one })),
  ]);
}
