import { z } from "zod";

/** Fields of the catalogue's lists that come from what living workers report. */
export const available = z.boolean().describe("Whether a living worker has it");
export const workersOnly = z
  .array(z.string())
  .describe(
    "Names that living workers have and this API does not: they want the same `LLAMAAGENT_PLUGINS`",
  );
