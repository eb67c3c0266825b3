import { type Environment, readSettings } from "@llamaagent/core";
import { servedModels } from "./served-models.ts";
import { DEFAULT_OPENAI_MODEL, ollamaBaseUrl, ollamaSettings, openaiSettings } from "./settings.ts";

export const OFFLINE_MODEL = "offline/extractive";

/**
 * The model for an agent that names none: OpenAI or the compatible server of the environment, else
 * the first model of an Ollama that answers within 300 ms, else the offline one. Throws
 * `invalid_configuration` only.
 */
export async function chooseDefaultModel(env: Environment): Promise<string> {
  const openai = readSettings(openaiSettings, env);
  if (openai.OPENAI_API_KEY !== undefined || openai.OPENAI_BASE_URL !== undefined) {
    if (openai.OPENAI_MODEL) return `openai/${openai.OPENAI_MODEL}`;
    if (openai.OPENAI_BASE_URL === undefined) return `openai/${DEFAULT_OPENAI_MODEL}`;
    // Another server than OpenAI's most likely lacks OpenAI's model: take one that it lists.
    const listed = await servedModels(openai.OPENAI_BASE_URL, {
      apiKey: openai.OPENAI_API_KEY,
      signal: AbortSignal.timeout(1000),
    });
    const first = listed?.includes(DEFAULT_OPENAI_MODEL) ? undefined : listed?.[0];
    return `openai/${first ?? DEFAULT_OPENAI_MODEL}`;
  }
  const ollama = readSettings(ollamaSettings, env);
  const listed = await servedModels(ollamaBaseUrl(ollama), {
    apiKey: undefined,
    signal: AbortSignal.timeout(300),
  });
  return listed?.[0] === undefined ? OFFLINE_MODEL : `ollama/${listed[0]}`;
}
