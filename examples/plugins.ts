// Three plug-ins of one file each, loaded as LLAMAAGENT_PLUGINS loads them, in one agent.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createAgent } from "@llamaagent/agents";
import { createPluginRegistry, loadPlugins } from "@llamaagent/core";
import { createChatModel } from "@llamaagent/models/chat";
import { createToolExecutor } from "@llamaagent/tools";

const files = ["word-count-tool", "acme-provider", "step-by-step-prompting"];
const registry = createPluginRegistry(
  await loadPlugins(
    files.map((file) => `./plugins/${file}.ts`),
    import.meta.dirname,
  ),
);

// Acme's service, played by a server of ours: it has the words counted, then says how many.
const acme = createServer((request, response) => {
  void (async () => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const counted = /\\"words\\":(\d+)/.exec(body)?.[1];
    const lines = counted
      ? [{ text: "Answer: " }, { text: `${counted} words.` }]
      : [{ tool_call: { id: "c1", name: "word_count", arguments: { text: "one two three" } } }];
    const usage = { input_tokens: 20, output_tokens: 4 };
    response.end(
      [...lines, { done: { usage } }].map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
  })();
});
await new Promise<void>((resolve) => acme.listen(0, "127.0.0.1", resolve));
const address = acme.address();
assert.ok(typeof address === "object" && address !== null);

try {
  const env = { ACME_URL: `http://127.0.0.1:${address.port}`, ACME_API_KEY: "key" };
  const prompting = registry.prompting.get("step_by_step");
  assert.ok(prompting);
  const agent = createAgent({
    name: "counter",
    model: await createChatModel({ registry, modelId: "acme/large", env }),
    prompting,
    tools: (runId) =>
      createToolExecutor({
        tools: registry.tools,
        names: ["word_count"],
        context: { runId, workspace: import.meta.dirname, now: () => new Date() },
      }),
  });
  const { output, usage } = await agent.run("How many words are in 'one two three'?").result;
  console.log(output);
  assert.equal(output, "Answer: 3 words.");
  assert.deepEqual(usage, { input_tokens: 40, output_tokens: 8 });
} finally {
  acme.close();
  acme.closeAllConnections();
}
