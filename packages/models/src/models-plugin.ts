import { definePlugin, defineProvider } from "@llamaagent/core";
import { z } from "zod";
import { servedModels } from "./served-models.ts";
import {
  DEFAULT_OPENAI_BASE_URL,
  ollamaBaseUrl,
  ollamaSettings,
  openaiSettings,
} from "./settings.ts";

/** The built-in providers. Their clients are imported when the first model is created. */
export const modelsPlugin = definePlugin({
  providers: [
    defineProvider({
      id: "openai",
      description:
        "OpenAI or any OpenAI-compatible server; needs OPENAI_API_KEY or OPENAI_BASE_URL",
      settings: openaiSettings,
      isConfigured: (settings) =>
        settings.OPENAI_API_KEY !== undefined || settings.OPENAI_BASE_URL !== undefined,
      listModels: async (settings, { signal }) => {
        const { OPENAI_API_KEY: apiKey, OPENAI_MODEL: chosen } = settings;
        const baseUrl = settings.OPENAI_BASE_URL ?? DEFAULT_OPENAI_BASE_URL;
        const served = await servedModels(baseUrl, { apiKey, signal });
        const names = [...(chosen === undefined ? [] : [chosen]), ...(served ?? [])];
        return { names, isComplete: served !== undefined };
      },
      create: async (model, settings) => {
        const { createOpenaiChatModel } = await import("./chat/openai/openai-chat-model.ts");
        const baseUrl = settings.OPENAI_BASE_URL ?? DEFAULT_OPENAI_BASE_URL;
        return createOpenaiChatModel({
          id: `openai/${model}`,
          model,
          baseUrl,
          apiKey: settings.OPENAI_API_KEY,
          idleTimeoutMs: settings.MODEL_IDLE_TIMEOUT_SECONDS * 1000,
          // OpenAI's newer models refuse `max_tokens`; older compatible servers know only that.
          limitField: baseUrl === DEFAULT_OPENAI_BASE_URL ? "max_completion_tokens" : "max_tokens",
        });
      },
    }),
    defineProvider({
      id: "ollama",
      description: "An Ollama server at OLLAMA_URL (http://127.0.0.1:11434 unless set)",
      settings: ollamaSettings,
      listModels: async (settings, { signal }) => {
        const served = await servedModels(ollamaBaseUrl(settings), { apiKey: undefined, signal });
        return { names: served ?? [], isComplete: served !== undefined };
      },
      create: async (model, settings) => {
        const { createOpenaiChatModel } = await import("./chat/openai/openai-chat-model.ts");
        return createOpenaiChatModel({
          id: `ollama/${model}`,
          model,
          baseUrl: ollamaBaseUrl(settings),
          apiKey: undefined,
          idleTimeoutMs: settings.MODEL_IDLE_TIMEOUT_SECONDS * 1000,
          limitField: "max_tokens",
        });
      },
    }),
    defineProvider({
      id: "offline",
      description:
        "No model: 'extractive' quotes the best passages of the agent's files, without a network",
      settings: z.object({}),
      modelFault: (model) =>
        model === "extractive"
          ? undefined
          : `the provider 'offline' has no model '${model}'; it has: extractive`,
      listModels: async () => ({ names: ["extractive"], isComplete: true }),
      create: async () => {
        const { createExtractiveChatModel } =
          await import("./chat/offline/extractive-chat-model.ts");
        return createExtractiveChatModel();
      },
    }),
  ],
});
