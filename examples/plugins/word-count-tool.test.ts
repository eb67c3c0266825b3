import { createAgent } from "@llamaagent/agents";
import { createPluginRegistry, type Json, loadPlugins, messageText } from "@llamaagent/core";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { createToolExecutor } from "@llamaagent/tools";
import { describe, expect, it } from "vitest";

/** What an agent gets that calls the plug-in's tool once. */
async function counted(input: Json): Promise<string> {
  const loaded = await loadPlugins(["./word-count-tool.ts"], import.meta.dirname);
  const { tools } = createPluginRegistry(loaded);
  const agent = createAgent({
    name: "counter",
    model: scriptedModel([{ toolCalls: [{ name: "word_count", arguments: input }] }, "Done."]),
    tools: (runId) =>
      createToolExecutor({
        tools,
        names: ["word_count"],
        context: { runId, workspace: import.meta.dirname, now: () => new Date(0) },
      }),
  });
  const { messages } = await agent.run("Count").result;
  const answer = messages[1];
  return answer === undefined ? "" : messageText(answer);
}

describe("the word-count plug-in", () => {
  it("counts words, characters and sentences for an agent", async () => {
    expect(await counted({ text: "Hello, world! It's 20 °C — fine. 🦙" })).toBe(
      '{"words":6,"characters":34,"sentences":2,"reading_minutes":1}',
    );
  });

  it("counts words where none are parted by spaces", async () => {
    expect(await counted({ text: "吾輩は猫である。", language: "ja" })).toContain('"words":5');
  });

  it("points the agent at a language that is none", async () => {
    expect(await counted({ text: "x", language: "not a tag" })).toContain('"pointer":"/language"');
  });
});
