import { ThreadFile } from "@llamaagent/core";
import { z } from "zod";
import { Metadata } from "../../schemas/metadata.ts";

export const ThreadParams = z.strictObject({ thread_id: z.guid() });
export const ThreadFileParams = z.strictObject({
  thread_id: z.guid(),
  "*": z.string().describe("Relative path of the file, with `/` between its parts"),
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

export const ThreadFileList = z
  .object({ items: z.array(ThreadFile) })
  .meta({ id: "ThreadFileList" });
