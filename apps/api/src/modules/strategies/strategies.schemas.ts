import { z } from "zod";
import { available, workersOnly } from "../../schemas/offered.ts";

const Strategy = z
  .object({
    name: z.string(),
    kind: z.literal("prompting").describe("The field of an agent that takes the name"),
    description: z.string(),
    available,
  })
  .meta({ id: "Strategy" });

export const StrategyList = z.object({ items: z.array(Strategy), workers_only: workersOnly }).meta({
  id: "StrategyList",
  examples: [
    {
      items: [
        {
          name: "default",
          kind: "prompting",
          description:
            "Instructions and file names as the system message, then the thread, then the task",
          available: true,
        },
      ],
      workers_only: [],
    },
  ],
});
