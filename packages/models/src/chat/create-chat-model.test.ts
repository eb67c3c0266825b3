import { createPluginRegistry } from "@llamaagent/core";
import { startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { expect, it } from "vitest";
import { modelsPlugin } from "../models-plugin.ts";
import { createChatModel } from "./create-chat-model.ts";

const registry = createPluginRegistry([{ source: "built-in", plugin: modelsPlugin }]);
const options = { signal: new AbortController().signal, step: "model/0" };
const request = { messages: [{ role: "user" as const, content: "Hello" }], tools: [] };

it("creates a model of each built-in provider from the environment", async () => {
  const fake = await startFakeOpenAi({ script: [{ text: "Hi" }], apiKey: "none" });
  const base = fake.url.replace(/\/v1$/, "");
  for (const [modelId, env] of [
    ["openai/org/m", { OPENAI_BASE_URL: fake.url }],
    ["ollama/llama3.2:1b", { OLLAMA_URL: `${base}/` }],
  ] as const) {
    const model = await createChatModel({ registry, modelId, env });
    expect(model.id).toBe(modelId);
    expect((await model.complete(request, options)).content).toBe("Hi");
  }
  expect(fake.requests.map((sent) => sent.model)).toEqual(["org/m", "llama3.2:1b"]);
  await fake.close();

  const offline = await createChatModel({ registry, modelId: "offline/extractive", env: {} });
  expect(offline.id).toBe("offline/extractive");
});

it.each([
  ["acme/large", "unknown model provider 'acme'; known: offline, ollama, openai"],
  ["offline/gpt", "the provider 'offline' has no model 'gpt'; it has: extractive"],
  ["gpt-4o", "the model 'gpt-4o' must be provider/model, for example openai/gpt-4o-mini"],
])("refuses %s", async (modelId, message) => {
  await expect(createChatModel({ registry, modelId, env: {} })).rejects.toMatchObject({
    code: "invalid_request",
    message,
  });
});
