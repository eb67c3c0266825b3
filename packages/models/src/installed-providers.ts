import {
  AgentDefinition,
  type Environment,
  isAppError,
  orAborted,
  type PluginRegistry,
  type Provider,
  type ProviderModels,
} from "@llamaagent/core";
import { providerSettings } from "./resolve-provider.ts";

export interface InstalledProvider {
  id: string;
  description: string;
  /** Why no model of it can be used here, without a setting's value; undefined where they can. */
  fault: string | undefined;
  /** `provider/model`, those that are known, in order; none where there is a fault. */
  models: string[];
  /** Whether these are all that it has. */
  isComplete: boolean;
}

export interface InstalledOptions {
  registry: Pick<PluginRegistry, "providers">;
  env: Environment;
  /** Of each provider: one that does not tell its models by then has none that are known. */
  timeoutMs: number;
}

const unknown: ProviderModels = { names: [], isComplete: false };

/** All providers, with what is known of their models without a paid call. */
export function installedProviders(options: InstalledOptions): Promise<InstalledProvider[]> {
  const { registry, env, timeoutMs } = options;
  return Promise.all(
    [...registry.providers.values()].map(async (provider) => {
      const { id, description } = provider;
      const { settings, fault } = settingsOrFault(provider, env);
      const { names, isComplete } =
        fault === undefined ? await modelsOf(provider, settings, timeoutMs) : unknown;
      const ids = names.map((name) => `${id}/${name}`).filter(canBeNamed);
      return { id, description, fault, models: [...new Set(ids)].toSorted(), isComplete };
    }),
  );
}

/** What an agent's field `model` takes. */
function canBeNamed(modelId: string): boolean {
  return AgentDefinition.shape.model.safeParse(modelId).success;
}

function settingsOrFault(
  provider: Provider,
  env: Environment,
): { settings?: unknown; fault?: string } {
  try {
    return { settings: providerSettings(provider, env) };
  } catch (error) {
    if (isAppError(error, "invalid_request")) return { fault: error.message };
    throw error;
  }
}

async function modelsOf(
  provider: Provider,
  settings: unknown,
  timeoutMs: number,
): Promise<ProviderModels> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    // Erased as in resolveProvider: these settings come from its own schema.
    const listed = provider.listModels?.(settings as never, { signal });
    return listed === undefined ? unknown : await orAborted(listed, signal);
  } catch {
    // A listing's failure is its answer: which models there are is not known.
    return unknown;
  }
}
