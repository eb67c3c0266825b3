import { Effect, JsonObject } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { available, workersOnly } from "../../schemas/offered.ts";

export const ToolDescription = z
  .object({
    name: z.string(),
    description: z.string(),
    parameters: JsonObject.describe("JSON Schema (2020-12) of the arguments"),
    effect: Effect.describe(
      "What repeating a call does: `none`, `idempotent` (folded into one by its key), `unsafe`",
    ),
    available,
  })
  .meta({
    id: "Tool",
    examples: [
      {
        name: "current_time",
        description: "Tells the date, the time and the day of the week.",
        parameters: {
          type: "object",
          properties: { time_zone: { type: "string", maxLength: 100, default: "UTC" } },
          additionalProperties: false,
        },
        effect: "none",
        available: true,
      },
    ],
  });
export const ToolList = z
  .object({ items: z.array(ToolDescription), workers_only: workersOnly })
  .meta({ id: "ToolList", examples: [{ items: [exampleOf(ToolDescription)], workers_only: [] }] });

export const ToolParams = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .meta({ examples: [exampleOf(ToolDescription).name] }),
});
