import { GivenId, Thread, ThreadCheckpoint, ThreadFile, ThreadStatus } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { Metadata } from "../../schemas/metadata.ts";
import { Offset } from "../../schemas/offset.ts";
import { SentMessages } from "../runs/run-messages.ts";

const threadId = GivenId.meta({ examples: [exampleOf(Thread).thread_id] });
export const ThreadParams = z.strictObject({ thread_id: threadId });
export const ThreadFileParams = z.strictObject({
  thread_id: threadId,
  "*": z
    .string()
    .describe("Relative path of the file, with `/` between its parts")
    .meta({ examples: [exampleOf(ThreadFile).path] }),
});

export const ThreadCreate = z
  .strictObject({
    thread_id: z.uuid().optional().describe("Left out: a new one is made"),
    metadata: Metadata.default({}),
    if_exists: z
      .enum(["raise", "do_nothing"])
      .default("raise")
      .describe("Where there is a thread with this id: answer 409, or with that thread"),
  })
  .meta({ id: "ThreadCreate", examples: [{ metadata: { topic: "caching" } }] });

export const ThreadSearch = z
  .strictObject({
    metadata: Metadata.optional().describe("What a thread's metadata contains"),
    values: Metadata.optional().describe("What a thread's values contain"),
    status: ThreadStatus.optional(),
    limit: z.number().int().min(1).max(1000).default(10),
    offset: Offset,
  })
  .meta({ id: "ThreadSearch", examples: [{ metadata: { topic: "caching" }, limit: 20 }] });

export const ThreadPatch = z
  .strictObject({
    metadata: Metadata.optional().describe("Merged into the thread's, key by key"),
    values: Metadata.optional().describe("Merged into the thread's, key by key"),
    messages: SentMessages.optional().describe("Added behind those that are there"),
    checkpoint: ThreadCheckpoint.optional().describe(
      "State that the change goes on from; left out: where the thread stands. Alone: the thread is set back to it",
    ),
  })
  .meta({ id: "ThreadPatch", examples: [{ metadata: { topic: "caching" } }] });

export const HistoryQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  before: GivenId.optional().describe("Id of a checkpoint: only older ones"),
});

export const StateQuery = z.strictObject({
  checkpoint_id: GivenId.optional().describe("Left out: what the thread is now"),
});

export const ThreadFileList = z
  .object({ items: z.array(ThreadFile) })
  .meta({ id: "ThreadFileList", examples: [{ items: [exampleOf(ThreadFile)] }] });
