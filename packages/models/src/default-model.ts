import { type Environment, readSettings } from "@llamaagent/core";
import { z } from "zod";
import { DEFAULT_OPENAI_MODEL, ollamaSettings, openaiSettings } from "./settings.ts";

export const OFFLINE_MODEL = "offline/extractive";

const ModelList = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

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
    const listed = await listModels(openai.OPENAI_BASE_URL, {
      apiKey: openai.OPENAI_API_KEY,
      timeoutMs: 1000,
    });
    const first = listed.includes(DEFAULT_OPENAI_MODEL) ? undefined : listed[0];
    return `openai/${first ?? DEFAULT_OPENAI_MODEL}`;
  }
  const ollama = readSettings(ollamaSettings, env);
  const [model] = await listModels(`${ollama.OLLAMA_URL.replace(/\/+$/, "")}/v1`, {
    apiKey: undefined,
    timeoutMs: 300,
  });
  return model === undefined ? OFFLINE_MODEL : `ollama/${model}`;
}

/** Ids from `GET /models`; none where the server is away, slow, or answers something else. */
async function listModels(
  baseUrl: string,
  options: { apiKey: string | undefined; timeoutMs: number },
): Promise<string[]> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/models`, {
      headers: options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` },
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    return ModelList.parse(await response.json()).data.map((model) => model.id);
  } catch {
    // A probe's failure is its answer: nothing usable is there.
    return [];
  }
}
