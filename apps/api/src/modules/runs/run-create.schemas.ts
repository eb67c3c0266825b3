import { GivenId, JsonValue, ThreadCheckpoint } from "@llamaagent/core";
import { WebhookEventType } from "@llamaagent/runs";
import { z } from "zod";
import { Metadata } from "../../schemas/metadata.ts";
import { AgentReference } from "../agents/agents.schemas.ts";
import { SentMessages } from "./run-messages.ts";
import { StreamModes } from "./stream-mode.ts";

const notYet = "Not available yet: refused with `not_available`";
const setByServer = z.unknown().optional().describe("Set by the server: accepted and ignored");

/** A year. */
const AFTER_SECONDS_MAX = 31_536_000;

/** The body of `POST /runs`, `/runs/wait` and `/runs/stream`: all fields of the Agent Protocol's `RunStream`. */
export const RunCreate = z
  .strictObject({
    agent_id: AgentReference.optional().describe("Id or name; left out: the agent named `default`"),
    workflow_id: z.string().max(100).optional().describe(notYet),
    thread_id: GivenId.optional().describe("A run without one has no thread"),
    input: JsonValue.optional().describe(
      "A string is one user message, other JSON a `json` part; null is none",
    ),
    messages: SentMessages.optional().describe("Follow the input"),
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
      .describe(
        "Where the thread has runs that have not ended: wait for its turn (`enqueue`, the default), 409 (`reject`), or end them, keeping them (`interrupt`) or not (`rollback`); the thread has no word of what was ended so",
      ),
    on_disconnect: z
      .enum(["continue", "cancel"])
      .optional()
      .describe(
        "Of `/runs/stream` and `/runs/wait`: whether a client that goes away before the end of the answer cancels the run; default `continue` (the Agent Protocol's is `cancel`)",
      ),
    stream_mode: StreamModes.optional().describe(
      "Of `/runs/stream`: what is sent, one or several; default `events` (the Agent Protocol's is `values`)",
    ),
    webhook: z
      .string()
      .min(1)
      .max(65_536)
      .optional()
      .describe("Public URL that is told of the run's end, signed, until it takes it, for a day"),
    webhook_events: z
      .array(WebhookEventType)
      .min(1)
      .max(4)
      .optional()
      .describe("What the webhook is told of; left out: the three ends"),
    on_completion: z
      .enum(["delete", "keep"])
      .optional()
      .describe(
        "`delete`: the thread goes with the run's end, unless other runs of it have not ended; default `keep`",
      ),
    checkpoint: ThreadCheckpoint.optional().describe(
      "State of the thread that the run goes on from; left out: where the thread stands at the run's turn",
    ),
    if_not_exists: z
      .enum(["create", "reject"])
      .optional()
      .describe(
        "A thread that is not there: 404 (`reject`, the default), or it is made (`create`)",
      ),
    after_seconds: z
      .number()
      .min(0)
      .max(AFTER_SECONDS_MAX)
      .optional()
      .describe("It starts no sooner, and at most 3 s later where a worker is free"),
    priority: z
      .number()
      .int()
      .min(-10)
      .max(10)
      .optional()
      .describe("Before your own other queued runs, default 0; takes nothing from other tenants"),
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

const retryCount = z
  .string()
  .optional()
  .describe(
    "Sent by SDKs that repeat a request: over 0, and without a key, the same body within 2 minutes answers with the run that it first made",
  );

/** Loose: what is parsed replaces the request's headers. */
export const RunCreateHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe("For 24 h the same key and body answer with the run that they first made"),
  "x-stainless-retry-count": retryCount,
  "retry-attempt": retryCount,
});
export type AdmissionHeaders = Pick<
  z.infer<typeof RunCreateHeaders>,
  "idempotency-key" | "x-stainless-retry-count" | "retry-attempt"
>;
