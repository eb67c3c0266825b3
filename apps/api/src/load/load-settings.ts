import { z } from "zod";

/** Past these bounds what would only wait is refused before it is begun. */
export const loadSettings = z.object({
  LLAMAAGENT_SHED_QUEUED_RUNS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .default(50_000)
    .describe("Runs of all tenants that wait for a worker, past which no more are taken (503)"),
  LLAMAAGENT_SHED_WAIT_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(1_000_000)
    .default(3_600)
    .describe("How long the oldest of them has waited, past which no more are taken (503)"),
  LLAMAAGENT_SHED_DELAY_MS: z.coerce
    .number()
    .min(1)
    .max(60_000)
    .default(1_000)
    .describe(
      "How late this process is on average with what is due, over a second, past which it takes no new runs (503), and past twice that nothing but what lessens its load",
    ),
});
export type LoadSettings = z.infer<typeof loadSettings>;
