import { AppError } from "./errors.ts";
import { type Plugin, pluginFaults, type Provider } from "./plugin.ts";
import type { PromptingStrategy } from "./prompting-strategy.ts";
import type { Tool } from "./tool.ts";

/** All that is installed, built-in or by plug-in, by name. */
export interface PluginRegistry {
  providers: ReadonlyMap<string, Provider>;
  tools: ReadonlyMap<string, Tool>;
  prompting: ReadonlyMap<string, PromptingStrategy>;
}

export interface NamedPlugin {
  /** For messages: a module's specifier, or `built-in`. */
  source: string;
  plugin: unknown;
}

/** Throws `invalid_plugin` naming every wrong shape and every duplicate name at once. */
export function createPluginRegistry(plugins: readonly NamedPlugin[]): PluginRegistry {
  const faults: string[] = [];
  const providers = new Map<string, Provider>();
  const tools = new Map<string, Tool>();
  const prompting = new Map<string, PromptingStrategy>();
  const owners = new Map<string, string>();

  function add<T>(kind: string, map: Map<string, T>, key: string, value: T, source: string): void {
    const owner = owners.get(`${kind} ${key}`);
    if (owner !== undefined) {
      faults.push(`${source}: ${kind} '${key}' is already defined by ${owner}`);
      return;
    }
    owners.set(`${kind} ${key}`, source);
    map.set(key, value);
  }

  for (const { source, plugin: value } of plugins) {
    const wrong = pluginFaults(value);
    faults.push(...wrong.map((fault) => `${source}: ${fault}`));
    if (wrong.length > 0) continue;
    const plugin = value as Plugin; // its shape was just checked
    for (const p of plugin.providers ?? []) add("provider", providers, p.id, p, source);
    for (const t of plugin.tools ?? []) add("tool", tools, t.name, t, source);
    for (const s of plugin.prompting ?? []) add("prompting strategy", prompting, s.name, s, source);
  }
  if (faults.length > 0) throw new AppError("invalid_plugin", { detail: faults.join("; ") });
  return { providers, tools, prompting };
}
