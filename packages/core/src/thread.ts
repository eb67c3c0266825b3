import { z } from "zod";
import { GivenId } from "./given-id.ts";
import { JsonObject } from "./json.ts";
import { Message } from "./message.ts";

export const ThreadStatus = z.enum(["idle", "busy", "interrupted", "error"]);
export type ThreadStatus = z.infer<typeof ThreadStatus>;

const earlierMessages = z
  .number()
  .int()
  .min(1)
  .optional()
  .describe("Messages before these that are left out: all together have more than 16 MiB");

export const Thread = z
  .object({
    thread_id: z.uuid(),
    status: ThreadStatus,
    metadata: JsonObject,
    values: JsonObject,
    messages: z.array(Message),
    earlier_messages: earlierMessages,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Thread" });
export type Thread = z.infer<typeof Thread>;

/** One state of a thread that is kept: after the end of each run, and after each change by a client. */
export const ThreadCheckpoint = z
  // Clients of the Agent Protocol may send more of what they know of it.
  .looseObject({ checkpoint_id: GivenId })
  .meta({ id: "ThreadCheckpoint" });
export type ThreadCheckpoint = z.infer<typeof ThreadCheckpoint>;

export const ThreadState = z
  .object({
    checkpoint: ThreadCheckpoint,
    parent_checkpoint: ThreadCheckpoint.optional().describe("Left out: it began with nothing"),
    values: JsonObject,
    messages: z.array(Message),
    earlier_messages: earlierMessages,
    metadata: JsonObject.describe("`source` is `run` (then with its `run_id`) or `update`"),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "ThreadState" });
export type ThreadState = z.infer<typeof ThreadState>;

/** A thread without its messages, as lists have it. */
export const ThreadSummary = Thread.omit({ messages: true, earlier_messages: true }).meta({
  id: "ThreadSummary",
});
export type ThreadSummary = z.infer<typeof ThreadSummary>;

export const ThreadFile = z
  .object({
    path: z.string(),
    size_bytes: z.number().int().min(0),
    sha256: z.string(),
    media_type: z.string(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "ThreadFile" });
export type ThreadFile = z.infer<typeof ThreadFile>;
