import { DEAD_REASONS } from "@llamaagent/runs";
import { z } from "zod";
import { IdCursor, PageLimit } from "../../schemas/page-query.ts";

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
  .meta({
    id: "QueueStats",
    examples: [
      {
        queued: 3,
        blocked: 1,
        delayed: 0,
        running: 4,
        waiting: 1,
        oldest_wait_seconds: 0.8,
        claims_per_second: 2.5,
        workers: [
          {
            worker_id: "0199a6f0-0000-7000-8000-000000000009",
            started_at: "2025-10-03T08:00:00.000Z",
            claims_per_second: 2.5,
            providers: ["offline", "openai"],
            tools: ["current_time", "read_file", "search_files"],
            prompting: ["default"],
          },
        ],
      },
    ],
  });

export const DeadQuery = z.strictObject({
  reason: z.enum(DEAD_REASONS).optional(),
  limit: PageLimit,
  cursor: IdCursor,
});
