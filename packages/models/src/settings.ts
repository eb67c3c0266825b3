import { z } from "zod";

export const DEFAULT_OPENAI_BASE_URL = "https://api.openai.com/v1";
export const DEFAULT_OPENAI_MODEL = "gpt-4o-mini";

const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });

/** At most 300 s: who is silent for longer is gone. */
const idleTimeoutSeconds = z.coerce
  .number()
  .positive()
  .max(300)
  .default(120)
  .describe("Seconds without a byte from a model's server after which the call fails");

export const openaiSettings = z.object({
  OPENAI_API_KEY: z.string().optional().describe("Key for OpenAI or the server at OPENAI_BASE_URL"),
  OPENAI_BASE_URL: httpUrl
    .optional()
    .describe("Any OpenAI-compatible server, for example http://127.0.0.1:8080/v1"),
  OPENAI_MODEL: z.string().optional().describe("The model that is chosen where none is named"),
  MODEL_IDLE_TIMEOUT_SECONDS: idleTimeoutSeconds,
});

export const ollamaSettings = z.object({
  OLLAMA_URL: httpUrl.default("http://127.0.0.1:11434").describe("The Ollama server"),
  MODEL_IDLE_TIMEOUT_SECONDS: idleTimeoutSeconds,
});

/** Where an Ollama server speaks OpenAI's protocol. */
export function ollamaBaseUrl({ OLLAMA_URL }: z.infer<typeof ollamaSettings>): string {
  return `${OLLAMA_URL.replace(/\/+$/, "")}/v1`;
}

/** Of every built-in provider: a process reads them at its start, whichever its agents will use. */
export const modelSettings = z.object({ ...openaiSettings.shape, ...ollamaSettings.shape });
