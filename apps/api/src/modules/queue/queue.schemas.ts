import { GivenId } from "@llamaagent/core";
import { DEAD_REASONS } from "@llamaagent/runs";
import { z } from "zod";

const count = z.number().int().min(0);
const names = z.array(z.string());

export const QueueStats = z
  .object({
    queued: count.describe("Runs that a worker may take now"),
    blocked: count.describe("Waiting for their turn on a thread"),
    delayed: count.describe("To start later (`after_seconds`)"),
    running: count,
    waiting: count.describe("For a person"),
    oldest_wait_seconds: z.number().min(0).describe("Of those that a worker may take"),
    claims_per_second: z
      .number()
      .min(0)
      .describe("Of all workers, for all tenants, over the last minute"),
    workers: z
      .array(
        z.object({
          worker_id: z.uuid(),
          started_at: z.iso.datetime(),
          claims_per_second: z.number().min(0),
          providers: names,
          tools: names,
          prompting: names,
        }),
      )
      .describe("Those that live, with what they have; they serve all tenants"),
  })
  .meta({ id: "QueueStats" });

export const DeadQuery = z.strictObject({
  reason: z.enum(DEAD_REASONS).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: GivenId.optional().describe("`next_cursor` of the page before"),
});

export const DeadParams = z.strictObject({ run_id: GivenId });
