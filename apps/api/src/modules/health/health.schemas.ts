import { z } from "zod";

export const Liveness = z
  .object({ status: z.literal("ok") })
  .meta({ id: "Liveness", examples: [{ status: "ok" }] });

export const Readiness = z
  .object({
    status: z.enum(["ok", "unavailable"]),
    database: z.enum(["up", "down"]),
    redis: z
      .enum(["up", "down", "not_used"])
      .describe("Without Redis all goes on, slower: it does not make the server unready"),
  })
  .meta({
    id: "Readiness",
    examples: [{ status: "ok", database: "up", redis: "up" }],
  });
export type Readiness = z.infer<typeof Readiness>;
