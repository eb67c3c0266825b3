import { ContentPart, Message, JsonValue } from "@llamaagent/core";
import { z } from "zod";
import { Metadata } from "../../schemas/metadata.ts";
import { AgentReference } from "../agents/agents.schemas.ts";

const notYet = "Not available yet: refused with `not_available`";
const setByServer = z.unknown().optional().describe("Set by the server: accepted and ignored");

const [TextPart, JsonPart] = ContentPart.options;
const MediaPart = z.looseObject({ type: z.enum(["image", "audio", "file"]) }).describe(notYet);

const RunMessage = z.strictObject({
  ...Message.shape,
  content: z.union([
    z.string(),
    z.array(
      z.discriminatedUnion("type", [
        z.strictObject(TextPart.shape),
        z.strictObject(JsonPart.shape),
        MediaPart,
      ]),
    ),
  ]),
});

/** The Agent Protocol's four; ours is `events`. */
const StreamMode = z.enum(["events", "values", "messages", "updates", "custom"]);

/** The body of `POST /runs`, `/runs/wait` and `/runs/stream`: all fields of the Agent Protocol's `RunStream`. */
export const RunCreate = z
  .strictObject({
    agent_id: AgentReference.optional().describe("Id or name; left out: the agent named `default`"),
    workflow_id: z.string().max(100).optional().describe(notYet),
    thread_id: z.guid().optional().describe("A run without one has no thread"),
    input: JsonValue.optional().describe(
      "A string is one user message, other JSON a `json` part; null is none",
    ),
    messages: z.array(RunMessage).max(1000).optional().describe("Follow the input"),
    metadata: Metadata.default({}),
    config: z
      .strictObject({
        tags: z.array(z.string()).optional(),
        recursion_limit: z.number().int().optional(),
        configurable: z.looseObject({}).optional(),
      })
      .optional()
      .describe("Its fields are not available yet"),
    multitask_strategy: z
      .enum(["enqueue", "reject", "interrupt", "rollback"])
      .optional()
      .describe("Default and the only one available yet: `enqueue`, one run at a time on a thread"),
    on_disconnect: z
      .enum(["continue", "cancel"])
      .optional()
      .describe(
        "Default and the only one available yet: `continue` (the Agent Protocol's default is `cancel`)",
      ),
    stream_mode: z
      .union([StreamMode, z.array(StreamMode).min(1).max(5)])
      .optional()
      .describe(
        "Default and the only one available yet: `events` (the Agent Protocol's default is `values`)",
      ),
    webhook: z.string().max(65_536).optional().describe(notYet),
    on_completion: z.enum(["delete", "keep"]).optional().describe(notYet),
    if_not_exists: z.enum(["create", "reject"]).optional().describe(notYet),
    after_seconds: z.number().min(0).optional().describe(notYet),
    priority: z.number().int().optional().describe(notYet),
    run_id: setByServer,
    created_at: setByServer,
    updated_at: setByServer,
    status: setByServer,
  })
  .meta({
    id: "RunCreate",
    examples: [
      {
        agent_id: "reader",
        input: "What does the file say about caching?",
        metadata: { ticket: 17 },
      },
    ],
  });
export type RunCreate = z.infer<typeof RunCreate>;

/** Loose: what is parsed replaces the request's headers. */
export const RunCreateHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe("For 24 h the same key and body answer with the run that they first made"),
});
