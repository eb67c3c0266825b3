import { Agent, JsonObject } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { Metadata } from "../../schemas/metadata.ts";
import { Offset } from "../../schemas/offset.ts";

export const AgentSearch = z
  .strictObject({
    name: z
      .string()
      .max(100)
      .refine((text) => !text.includes("\u0000"), "must not hold U+0000")
      .default("")
      .describe("Part of the name, in any case"),
    metadata: Metadata.default({}).describe(
      "What the agent's metadata holds at least: objects by the keys given, lists by the items given",
    ),
    limit: z.number().int().min(1).max(1000).default(10),
    offset: Offset,
  })
  .meta({
    id: "AgentSearch",
    examples: [{ metadata: { team: "support" }, limit: 20 }],
  });

export const AgentsFound = z.array(Agent);

/** The Agent Protocol's shape: JSON Schemas, 2020-12, each complete in itself. */
export const AgentSchema = z
  .object({
    agent_id: z.uuid(),
    input_schema: JsonObject.describe("Of a run's `input`"),
    output_schema: JsonObject.describe("Of a run's `output`"),
    state_schema: JsonObject.describe("Of a thread's `values` and `messages`"),
  })
  .meta({
    id: "AgentSchema",
    examples: [
      {
        agent_id: exampleOf(Agent).agent_id,
        input_schema: {},
        output_schema: { type: "string" },
        state_schema: { type: "object", properties: { messages: { type: "array" } } },
      },
    ],
  });
export type AgentSchema = z.infer<typeof AgentSchema>;
