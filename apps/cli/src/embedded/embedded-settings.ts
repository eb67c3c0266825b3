import { apiSettings, withGuardedHost } from "@llamaagent/api";
import { type Environment, pluginSettings, readSettings } from "@llamaagent/core";
import { logSettings } from "@llamaagent/observability";
import { workerSettings } from "@llamaagent/worker";
import { z } from "zod";

export const embeddedSettings = withGuardedHost(
  z.object({
    ...apiSettings.shape,
    ...workerSettings.shape,
    ...pluginSettings.shape,
    ...logSettings.shape,
    LLAMAAGENT_DATA_DIR: z
      .string()
      .default(".llamaagent")
      .describe("Folder of the embedded database; one process at a time may use it."),
  }),
);
export type EmbeddedSettings = z.infer<typeof embeddedSettings>;

/** Throws `invalid_configuration` that lists every fault. */
export function readEmbeddedSettings(env: Environment): EmbeddedSettings {
  return readSettings(embeddedSettings, env);
}
