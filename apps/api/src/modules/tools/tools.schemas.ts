import { Effect, JsonObject } from "@llamaagent/core";
import { z } from "zod";
import { available, workersOnly } from "../../schemas/offered.ts";

export const ToolParams = z.strictObject({ name: z.string().min(1).max(100) });

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
  .meta({ id: "Tool" });
export const ToolList = z
  .object({ items: z.array(ToolDescription), workers_only: workersOnly })
  .meta({ id: "ToolList" });
