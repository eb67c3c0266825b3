import { loadPlugins } from "./load-plugins.ts";
import type { Plugin } from "./plugin.ts";
import { createPluginRegistry, type PluginRegistry } from "./plugin-registry.ts";

/** Built-ins and plug-ins, by the same path. Throws `invalid_plugin`; see `loadPlugins`. */
export async function loadRegistry(
  builtIns: readonly Plugin[],
  specifiers: readonly string[],
  directory: string,
): Promise<PluginRegistry> {
  return createPluginRegistry([
    ...builtIns.map((plugin) => ({ source: "built-in", plugin })),
    ...(await loadPlugins(specifiers, directory)),
  ]);
}
