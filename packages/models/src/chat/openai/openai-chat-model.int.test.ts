import { createPluginRegistry } from "@llamaagent/core";
import { chatModelContract } from "@llamaagent/testing/chat-model.contract";
import { llamaServerMissing, startLlamaServer } from "@llamaagent/testing/services/llama-server";
import { modelsPlugin } from "../../models-plugin.ts";
import { createChatModel } from "../create-chat-model.ts";

chatModelContract({
  name: "openai on llama.cpp with SmolLM2-135M",
  missing: llamaServerMissing(),
  async create() {
    const server = await startLlamaServer();
    const model = await createChatModel({
      registry: createPluginRegistry([{ source: "built-in", plugin: modelsPlugin }]),
      modelId: `openai/${server.model}`,
      env: { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: server.apiKey },
    });
    return { model, close: () => server.close() };
  },
  question: "Write one short sentence about llamas.",
  toolQuestion: {
    request: {
      messages: [{ role: "user", content: "What is the weather in Berlin?" }],
      tools: [
        {
          name: "weather",
          description: "The weather in a city",
          parameters: {
            type: "object",
            properties: { city: { type: "string" } },
            required: ["city"],
          },
        },
      ],
    },
    results: () => "sunny, 21 degrees",
  },
});
