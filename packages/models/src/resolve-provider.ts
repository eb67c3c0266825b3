import {
  AppError,
  type Environment,
  isAppError,
  type PluginRegistry,
  type Provider,
  readSettings,
} from "@llamaagent/core";
import { z } from "zod";
import { parseModelId } from "./model-id.ts";

export interface ResolveOptions {
  registry: Pick<PluginRegistry, "providers">;
  /** `provider/model` */
  modelId: string;
  env: Environment;
}

export interface ResolvedProvider {
  provider: Provider;
  model: string;
  /** Parsed by the provider's own schema. */
  settings: unknown;
}

/**
 * Finds the provider and reads its settings, without importing its client. Throws
 * `invalid_request` for an unknown provider, for one without the settings that it needs, and for a
 * model that the provider is sure not to have.
 */
export function resolveProvider({ registry, modelId, env }: ResolveOptions): ResolvedProvider {
  const { provider: providerId, model } = parseModelId(modelId);
  const provider = registry.providers.get(providerId);
  if (!provider)
    throw new AppError("invalid_request", {
      detail: `unknown model provider '${providerId}'; known: ${[...registry.providers.keys()].toSorted().join(", ")}`,
    });
  const settings = providerSettings(provider, env);
  const fault = provider.modelFault?.(model, settings as never);
  if (fault !== undefined) throw new AppError("invalid_request", { detail: fault });
  return { provider, model, settings };
}

/** Why this model cannot be used here, for a field's error; undefined where it can. */
export function modelFault(options: ResolveOptions): string | undefined {
  try {
    resolveProvider(options);
    return undefined;
  } catch (error) {
    if (isAppError(error, "invalid_request")) return error.message;
    throw error;
  }
}

/** By the provider's own schema. Error: `invalid_request` where they are wrong or lack what is needed. */
export function providerSettings(provider: Provider, env: Environment): unknown {
  const settings = parseSettings(provider, env);
  // Provider<never> is the erased form of any provider (core's defineProvider): these settings
  // come from its own schema.
  if (!provider.isConfigured(settings as never))
    throw new AppError("invalid_request", {
      detail: `the model provider '${provider.id}' is not configured: ${provider.description}`,
    });
  return settings;
}

function parseSettings(provider: Provider, env: Environment): unknown {
  const schema: z.ZodType = provider.settings;
  try {
    // Only an object schema names its variables, which `NAME_FILE` needs.
    return schema instanceof z.ZodObject ? readSettings(schema, env) : schema.parse(env);
  } catch (cause) {
    const reason = isAppError(cause)
      ? cause.message
      : cause instanceof z.core.$ZodError
        ? z.core.prettifyError(cause)
        : undefined;
    if (reason === undefined) throw cause;
    throw new AppError("invalid_request", {
      detail: `the settings of the model provider '${provider.id}' are invalid: ${reason}`,
      cause,
    });
  }
}
