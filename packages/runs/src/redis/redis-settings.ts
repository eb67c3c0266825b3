import { z } from "zod";

export const redisSettings = z.object({
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: "must be redis://… or rediss://…" })
    .optional()
    .describe("Redis of hints and the live event tail. With DATABASE_URL: the scaled topology."),
});
