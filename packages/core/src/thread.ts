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

const threadExample = {
  thread_id: "0199a6f0-0000-7000-8000-000000000001",
  status: "idle",
  metadata: { topic: "caching" },
  values: {},
  created_at: "2025-10-03T16:38:00.000Z",
  updated_at: "2025-10-03T16:38:12.400Z",
};
const messagesExample = [
  {
    id: "0199a6f0-0000-7000-8000-000000000005:0",
    role: "user",
    content: "What does the file say about caching?",
  },
  {
    id: "0199a6f0-0000-7000-8000-000000000003/model/0",
    role: "assistant",
    content: "",
    tool_calls: [{ id: "call_1", name: "read_file", arguments: { path: "notes.txt" } }],
  },
  {
    id: "0199a6f0-0000-7000-8000-000000000005:2",
    role: "tool",
    content:
      '{"path":"notes.txt","start_line":1,"end_line":1,"total_lines":1,"text":"Caching is on.","truncated":false}',
    tool_call_id: "call_1",
  },
  {
    id: "0199a6f0-0000-7000-8000-000000000003/model/1",
    role: "assistant",
    content: "Caching is on (notes.txt, line 1).",
  },
];

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
  .meta({ id: "Thread", examples: [{ ...threadExample, messages: messagesExample }] });
export type Thread = z.infer<typeof Thread>;

/** One state of a thread that is kept: after the end of each run, and after each change by a client. */
export const ThreadCheckpoint = z
  // Clients of the Agent Protocol may send more of what they know of it.
  .looseObject({ checkpoint_id: GivenId })
  .meta({
    id: "ThreadCheckpoint",
    examples: [{ checkpoint_id: "0199a6f0-0000-7000-8000-000000000004" }],
  });
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
  .meta({
    id: "ThreadState",
    examples: [
      {
        checkpoint: { checkpoint_id: "0199a6f0-0000-7000-8000-000000000005" },
        parent_checkpoint: { checkpoint_id: "0199a6f0-0000-7000-8000-000000000004" },
        values: {},
        messages: messagesExample,
        metadata: { source: "run", run_id: "0199a6f0-0000-7000-8000-000000000003" },
        created_at: "2025-10-03T16:38:12.400Z",
      },
    ],
  });
export type ThreadState = z.infer<typeof ThreadState>;

/** A thread without its messages, as lists have it. */
export const ThreadSummary = Thread.omit({ messages: true, earlier_messages: true }).meta({
  id: "ThreadSummary",
  examples: [threadExample],
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
  .meta({
    id: "ThreadFile",
    examples: [
      {
        path: "notes.txt",
        size_bytes: 14,
        sha256: "50887c4d9045053c4eb7310108ee09851a3ce807ad75a4adbae03bbd7c084d20",
        media_type: "text/plain",
        created_at: "2025-10-03T16:38:05.000Z",
      },
    ],
  });
export type ThreadFile = z.infer<typeof ThreadFile>;
