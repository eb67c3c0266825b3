import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { available, workersOnly } from "../../schemas/offered.ts";

const Strategy = z
  .object({
    name: z.string(),
    kind: z.literal("prompting").describe("The field of an agent that takes the name"),
    description: z.string(),
    available,
  })
  .meta({
    id: "Strategy",
    examples: [
      {
        name: "default",
        kind: "prompting",
        description:
          "Instructions and file names as the system message, then the thread, then the task",
        available: true,
      },
    ],
  });

export const StrategyList = z.object({ items: z.array(Strategy), workers_only: workersOnly }).meta({
  id: "StrategyList",
  examples: [{ items: [exampleOf(Strategy)], workers_only: [] }],
});
