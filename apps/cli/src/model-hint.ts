import { OFFLINE_MODEL } from "@llamaagent/models/manifest";

/** What a person should know before reading the answers of this model. */
export function modelHint(model: string): string | undefined {
  return model === OFFLINE_MODEL
    ? `${OFFLINE_MODEL} answers: it searches the files and quotes them, it does not think. For a real model set OPENAI_API_KEY (or OPENAI_BASE_URL for any compatible server), or start Ollama.`
    : undefined;
}
