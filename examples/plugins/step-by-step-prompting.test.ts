import { createAgent } from "@llamaagent/agents";
import { createPluginRegistry, loadPlugins } from "@llamaagent/core";
import { promptingStrategyContract } from "@llamaagent/testing/prompting-strategy.contract";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { expect, it } from "vitest";

const loaded = await loadPlugins(["./step-by-step-prompting.ts"], import.meta.dirname);
const prompting = createPluginRegistry(loaded).prompting.get("step_by_step");
if (prompting === undefined) throw new Error("the plug-in brings no step_by_step");

promptingStrategyContract(prompting);

it("tells an agent's model to go step by step, after its instructions", async () => {
  const model = scriptedModel(["Answer: 2"]);
  const agent = createAgent({ name: "a", model, prompting, instructions: "Be exact." });
  await agent.run("1+1?", { files: ["a.md"] }).result;
  const [system, task] = model.requests[0]?.messages ?? [];
  expect(system?.content).toMatch(
    /^Be exact\.\n\nWork step by step:[^]*"Answer:"\.\n\nFiles: \["a\.md"\]$/,
  );
  expect(task).toEqual({ role: "user", content: "1+1?" });
});
