import { z } from "zod";
import { JsonObject } from "./json.ts";

export const AgentLimits = z.strictObject({
  /** Model calls in one run. */
  max_steps: z.number().int().min(1).max(1000).default(10),
  /** Input plus output tokens of all model calls of one run. */
  max_tokens: z.number().int().min(1).max(100_000_000).default(200_000),
  /** From the first claim, standing still while the run waits. */
  timeout_seconds: z.number().int().min(1).max(86_400).default(600),
});
export type AgentLimits = z.infer<typeof AgentLimits>;

export const AgentName = z
  .string()
  .min(1)
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    "letters, digits, '.', '_' and '-', beginning with a letter or digit",
  );

/** What a run needs to know of an agent; a version of an agent holds exactly this. */
export const AgentDefinition = z.strictObject({
  name: AgentName,
  description: z.string().max(10_000).optional(),
  /** `provider/model`. */
  model: z
    .string()
    .min(3)
    .max(300)
    .regex(/^[^/\s]+\/\S+$/, "must be provider/model"),
  instructions: z.string().max(200_000).default(""),
  tools: z.array(z.string().min(1).max(100)).max(100).default([]),
  prompting: z.string().min(1).max(100).default("default"),
  limits: AgentLimits.prefault({}),
  metadata: JsonObject.default({}),
});
export type AgentDefinition = z.infer<typeof AgentDefinition>;

export const Agent = AgentDefinition.extend({
  agent_id: z.uuid(),
  version: z.number().int().min(1),
  capabilities: z.object({ "ap.io.messages": z.boolean(), "ap.io.streaming": z.boolean() }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
}).meta({
  id: "Agent",
  examples: [
    {
      agent_id: "0199a6f0-0000-7000-8000-000000000002",
      version: 1,
      name: "reader",
      description: "answers from files",
      model: "offline/extractive",
      instructions: "Answer from the files. Quote the line.",
      tools: ["read_file", "search_files"],
      prompting: "default",
      limits: { max_steps: 10, max_tokens: 200_000, timeout_seconds: 600 },
      metadata: {},
      capabilities: { "ap.io.messages": true, "ap.io.streaming": true },
      created_at: "2025-10-03T16:38:00.000Z",
      updated_at: "2025-10-03T16:38:00.000Z",
    },
  ],
});
export type Agent = z.infer<typeof Agent>;
