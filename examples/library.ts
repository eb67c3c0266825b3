// An agent without any server: the built-in offline model answers a question from a file.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgent } from "@llamaagent/agents";
import { createPluginRegistry } from "@llamaagent/core";
import { createChatModel } from "@llamaagent/models/chat";
import { modelsPlugin } from "@llamaagent/models/manifest";
import { createToolExecutor } from "@llamaagent/tools";
import { toolsPlugin } from "@llamaagent/tools/manifest";

const manual = `# Llama care

Llamas are social animals and should never be kept alone.
An adult llama drinks about eight litres of water a day.
Shear them once a year, in late spring.
`;

const workspace = await mkdtemp(join(tmpdir(), "llamaagent-library-"));
try {
  await writeFile(join(workspace, "manual.md"), manual);

  const registry = createPluginRegistry([
    { source: "models", plugin: modelsPlugin },
    { source: "tools", plugin: toolsPlugin },
  ]);
  const agent = createAgent({
    name: "reader",
    // With a key this may be any model: modelId "openai/gpt-4o-mini", env { OPENAI_API_KEY: … }.
    model: await createChatModel({ registry, modelId: "offline/extractive", env: {} }),
    instructions: "Answer from the files, and quote them.",
    tools: (runId) =>
      createToolExecutor({
        tools: registry.tools,
        names: ["list_files", "search_files", "read_file"],
        context: { runId, workspace, now: () => new Date() },
      }),
    limits: { max_steps: 8, timeout_seconds: 30 },
  });

  const run = agent.run("How much water does an adult llama drink?", { files: ["manual.md"] });
  const called = new Set<string>();
  for await (const event of run) {
    if (event.type === "message.delta") process.stdout.write(event.data.text);
    if (event.type === "tool_call.started") {
      called.add(event.data.name);
      console.log(`→ ${event.data.name} ${JSON.stringify(event.data.arguments)}`);
    }
  }

  const { output, stop_reason, usage } = await run.result;
  console.log(`\n${stop_reason}, ${usage.input_tokens} + ${usage.output_tokens} tokens`);
  assert.equal(stop_reason, "completed");
  assert.match(output, /An adult llama drinks about eight litres of water a day\./);
  assert.ok(called.has("read_file"), "the answer was read from the file");
} finally {
  await rm(workspace, { recursive: true });
}
