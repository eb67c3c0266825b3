import { z } from "zod";
import { JsonObject } from "./json.ts";
import { Message } from "./message.ts";

export const ThreadStatus = z.enum(["idle", "busy", "interrupted", "error"]);
export type ThreadStatus = z.infer<typeof ThreadStatus>;

export const Thread = z
  .object({
    thread_id: z.uuid(),
    status: ThreadStatus,
    metadata: JsonObject,
    values: JsonObject,
    messages: z.array(Message),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Thread" });
export type Thread = z.infer<typeof Thread>;

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
