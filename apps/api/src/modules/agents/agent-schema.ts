import { JsonObject, Thread } from "@llamaagent/core";
import { z } from "zod";
import { RunCreate } from "../runs/run-create.schemas.ts";
import type { AgentSchema } from "./agent-search.schemas.ts";

/** Plain JSON: what zod returns has members of its own. */
const jsonSchema = (schema: z.ZodType): JsonObject =>
  JsonObject.parse(JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: "input" }))));

/** The same for all agents as long as none has an `input_schema` or `output_schema` of its own. */
const general = {
  input_schema: jsonSchema(RunCreate.shape.input),
  output_schema: jsonSchema(z.string().describe("The last answer of the model")),
  state_schema: jsonSchema(Thread.pick({ values: true, messages: true })),
};

export function agentSchema(agentId: string): AgentSchema {
  return { agent_id: agentId, ...general };
}
