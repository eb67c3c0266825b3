import { AppError } from "@llamaagent/core";

export interface ModelId {
  provider: string;
  /** The provider's own name of the model; may hold further slashes. */
  model: string;
}

/** `openai/gpt-4o-mini` → `{ provider: "openai", model: "gpt-4o-mini" }`; else `invalid_request`. */
export function parseModelId(modelId: string): ModelId {
  const match = /^([^/\s]+)\/(\S+)$/.exec(modelId);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new AppError("invalid_request", {
      detail: `the model '${modelId}' must be provider/model, for example openai/gpt-4o-mini`,
    });
  return { provider: match[1], model: match[2] };
}
