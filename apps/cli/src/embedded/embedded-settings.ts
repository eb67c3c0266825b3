import { apiSettings, withGuardedHost } from "@llamaagent/api";
import {
  type Environment,
  type PluginRegistry,
  pluginSettings,
  readConfiguration,
} from "@llamaagent/core";
import { modelSettings } from "@llamaagent/models/manifest";
import { logSettings } from "@llamaagent/observability";
import { builtIns, workerSettings } from "@llamaagent/worker";
import { z } from "zod";

export const embeddedSettings = withGuardedHost(
  z.object({
    ...apiSettings.shape,
    ...workerSettings.shape,
    ...modelSettings.shape,
    ...pluginSettings.shape,
    ...logSettings.shape,
    LLAMAAGENT_DATA_DIR: z
      .string()
      .default(".llamaagent")
      .describe("Folder of the embedded database; one process at a time may use it."),
  }),
);
export type EmbeddedSettings = z.infer<typeof embeddedSettings>;

export interface EmbeddedConfiguration {
  settings: EmbeddedSettings;
  registry: PluginRegistry;
}

/** Throws one error with every fault of the environment and of the plug-ins. */
export function readEmbeddedConfiguration(env: Environment): Promise<EmbeddedConfiguration> {
  return readConfiguration(embeddedSettings, { env, builtIns, directory: process.cwd() });
}
