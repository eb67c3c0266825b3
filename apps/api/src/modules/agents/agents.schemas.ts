import { Agent, AgentDefinition, AgentLimits, AgentName, JsonValue } from "@llamaagent/core";
import { isAgentId } from "@llamaagent/runs";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { Metadata } from "../../schemas/metadata.ts";
import { PageLimit } from "../../schemas/page-query.ts";

const notYet = "Not available yet: refused with `not_available`";
const { model, name } = AgentDefinition.shape;

/** `/agents/search` and, to come, `/agents/select`: an agent of that name could not be read by it. */
const ROUTES: ReadonlySet<string> = new Set(["search", "select"]);

/** Ids have the form of names, so this takes both. */
export const AgentReference = AgentName.describe("Id or name of an agent");
export const AgentParams = z.strictObject({
  agent_id: AgentReference.meta({ examples: [exampleOf(Agent).name] }),
});

const fields = {
  name: name
    .refine((text) => !isAgentId(text), "must not have the form of an id")
    .refine((text) => !ROUTES.has(text), "is reserved: it is the path of another route"),
  model: z.union([model, z.array(model).min(1).max(10).describe(notYet)]),
  limits: AgentLimits.extend({ max_cost_usd: z.number().positive().optional().describe(notYet) }),
  metadata: Metadata,
  reasoning: z.string().max(100).describe("Only `react` is available yet"),
  cache: z
    .strictObject({ mode: z.enum(["off", "exact", "semantic"]) })
    .describe("Only `off` is available yet"),
  memory: z.looseObject({}).describe(notYet),
  input_schema: z.looseObject({}).describe(notYet),
  output_schema: z.looseObject({}).describe(notYet),
};

export const AgentCreate = AgentDefinition.extend({
  ...fields,
  limits: fields.limits.prefault({}),
  metadata: fields.metadata.default({}),
  reasoning: fields.reasoning.optional(),
  cache: fields.cache.optional(),
  memory: fields.memory.optional(),
  input_schema: fields.input_schema.optional(),
  output_schema: fields.output_schema.optional(),
}).meta({
  id: "AgentCreate",
  examples: [
    {
      name: "reader",
      description: "answers from files",
      model: "offline/extractive",
      instructions: "Answer from the files. Quote the line.",
      tools: ["read_file", "search_files"],
      limits: { max_steps: 10 },
    },
  ],
});
export type AgentCreate = z.infer<typeof AgentCreate>;

/** Checked as a whole after it was merged (RFC 7396): null removes a field, an object is merged. */
export const AgentPatch = z
  .strictObject({
    name: JsonValue,
    description: JsonValue,
    model: JsonValue,
    instructions: JsonValue,
    tools: JsonValue,
    prompting: JsonValue,
    limits: JsonValue,
    metadata: JsonValue,
    reasoning: JsonValue,
    cache: JsonValue,
    memory: JsonValue,
    input_schema: JsonValue,
    output_schema: JsonValue,
  })
  .partial()
  .meta({
    id: "AgentPatch",
    description:
      "Fields of AgentCreate, merged into the newest version as a JSON merge patch (RFC 7396)",
    examples: [{ instructions: "Answer in one sentence.", limits: { max_steps: 5 } }],
  });
export type AgentPatch = z.infer<typeof AgentPatch>;

const { capabilities: _, updated_at: __, ...versionExample } = exampleOf(Agent);
const AgentVersion = AgentDefinition.extend({
  agent_id: z.uuid(),
  version: z.number().int().min(1),
  created_at: z.iso.datetime(),
}).meta({ id: "AgentVersion", examples: [versionExample] });

export const VersionsQuery = z.strictObject({
  limit: PageLimit,
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "is no cursor of this list")
    .optional(),
});
export const AgentVersionList = z
  .object({ items: z.array(AgentVersion), next_cursor: z.string().optional() })
  .meta({ id: "AgentVersionList", examples: [{ items: [exampleOf(AgentVersion)] }] });
