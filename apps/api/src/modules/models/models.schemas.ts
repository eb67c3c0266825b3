import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { available, workersOnly } from "../../schemas/offered.ts";

const Model = z
  .object({
    id: z.string().describe("What an agent names as its `model`"),
    provider: z.string(),
  })
  .meta({ id: "Model", examples: [{ id: "offline/extractive", provider: "offline" }] });

const ModelProvider = z
  .object({
    id: z.string(),
    description: z.string(),
    configured: z.boolean().describe("Whether agents may name its models here"),
    fault: z.string().optional().describe("Why not, where it is not configured"),
    complete: z
      .boolean()
      .describe("Whether all its models are listed; else an agent may name others as well"),
    available,
  })
  .meta({
    id: "ModelProvider",
    examples: [
      {
        id: "offline",
        description: "No model: quotes the best passages of the agent's files",
        configured: true,
        complete: true,
        available: true,
      },
    ],
  });

export const ModelList = z
  .object({
    items: z.array(Model),
    providers: z.array(ModelProvider),
    workers_only: workersOnly,
  })
  .meta({
    id: "ModelList",
    examples: [
      { items: [exampleOf(Model)], providers: [exampleOf(ModelProvider)], workers_only: [] },
    ],
  });
export type ModelList = z.infer<typeof ModelList>;
