import type { RunView } from "@llamaagent/client";
import { OFFLINE_MODEL } from "@llamaagent/models/manifest";

const OFFLINE_HINT = `${OFFLINE_MODEL} answers: it searches the files and quotes them, it does not think. For a real model set OPENAI_API_KEY (or OPENAI_BASE_URL for any compatible server), or start Ollama.`;

/** What a person should know before reading the answers of this model. */
export function modelHint(model: string): string | undefined {
  return model === OFFLINE_MODEL ? OFFLINE_HINT : undefined;
}

/** The same of answers that were read, whose metadata says what made them. */
export function answerHint({ messages }: RunView): string | undefined {
  return messages.some(({ metadata }) => metadata?.["offline"] === true) ? OFFLINE_HINT : undefined;
}
