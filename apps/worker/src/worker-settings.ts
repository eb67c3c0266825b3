import { envelopeSettings } from "@llamaagent/protection";
import { fetchSettings } from "@llamaagent/tools/manifest";
import { z } from "zod";

export const workerSettings = z.object({
  ...envelopeSettings.shape,
  ...fetchSettings.shape,
  WORKER_SLOTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe("Runs that one worker has at work at once."),
  WORKSPACE_DIR: z
    .string()
    .optional()
    .describe(
      "Folder on a local disk in which each worker makes its own for the files of its runs, up to 100 MiB a run; the system's folder for temporary files (embedded: the data folder) where it is not set.",
    ),
});
