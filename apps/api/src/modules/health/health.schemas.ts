import { z } from "zod";

export const Liveness = z.object({ status: z.literal("ok") }).meta({ id: "Liveness" });

export const Readiness = z
  .object({
    status: z.enum(["ok", "unavailable"]),
    database: z.enum(["up", "down"]),
    redis: z
      .enum(["up", "down", "not_used"])
      .describe("Without Redis all goes on, slower: it does not make the server unready"),
  })
  .meta({ id: "Readiness" });
export type Readiness = z.infer<typeof Readiness>;
