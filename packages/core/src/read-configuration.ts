import type { z } from "zod";
import { AppError, isAppError } from "./errors.ts";
import { loadRegistry } from "./load-registry.ts";
import type { Plugin } from "./plugin.ts";
import type { PluginRegistry } from "./plugin-registry.ts";
import { pluginSettings } from "./plugin-settings.ts";
import { type Environment, readSettings } from "./read-settings.ts";

/**
 * The settings and the plug-ins of a process, before it makes or starts anything. Throws one error
 * with every fault of both: `invalid_plugin` where only plug-ins are at fault, else
 * `invalid_configuration`.
 */
export async function readConfiguration<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  options: {
    env: Environment;
    builtIns: readonly Plugin[];
    /** Where relative plug-in files begin. */
    directory: string;
  },
): Promise<{ settings: z.infer<z.ZodObject<Shape>>; registry: PluginRegistry }> {
  const { env, builtIns, directory } = options;
  // Both as promises, so that neither's faults keep the other's from being found.
  const readAll = async () => readSettings(schema, env);
  const readRegistry = async () => {
    const { LLAMAAGENT_PLUGINS } = readSettings(pluginSettings, env);
    return loadRegistry(builtIns, LLAMAAGENT_PLUGINS, directory);
  };
  const [settings, registry] = await Promise.allSettled([readAll(), readRegistry()]);
  if (settings.status === "fulfilled" && registry.status === "fulfilled")
    return { settings: settings.value, registry: registry.value };
  const errors = [settings, registry].flatMap((outcome): unknown[] =>
    outcome.status === "rejected" ? [outcome.reason] : [],
  );
  if (errors.length === 1) throw errors[0];
  const lines = errors.flatMap((error) => {
    if (!isAppError(error)) throw error;
    const faults = error.message.split("\n");
    return error.code === "invalid_plugin"
      ? faults.map((fault) => `LLAMAAGENT_PLUGINS: ${fault}`)
      : faults;
  });
  throw new AppError("invalid_configuration", { detail: [...new Set(lines)].join("\n") });
}
