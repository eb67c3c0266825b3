import type { ChatModel } from "@llamaagent/core";
import { resolveProvider, type ResolveOptions } from "../resolve-provider.ts";

/** Throws `invalid_request` for an unknown provider or model, or settings that are missing. */
export async function createChatModel(options: ResolveOptions): Promise<ChatModel> {
  const { provider, model, settings } = resolveProvider(options);
  // Provider<never> is the erased form of any provider; the settings come from its own schema.
  return provider.create(model, settings as never);
}
