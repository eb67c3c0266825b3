import { z } from "zod";

export const workerSettings = z.object({
  WORKER_SLOTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe("Runs that one worker has at work at once."),
});
