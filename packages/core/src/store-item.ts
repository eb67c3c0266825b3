import { z } from "zod";
import { JsonObject } from "./json.ts";

/** The Agent Protocol's `Item`: a document that outlives threads. */
export const StoreItem = z
  .object({
    namespace: z.array(z.string()).describe("Labels, as of folders; empty: the root"),
    key: z.string(),
    value: JsonObject,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({
    id: "StoreItem",
    examples: [
      {
        namespace: ["users", "17"],
        key: "tone",
        value: { formal: true },
        created_at: "2025-10-03T16:38:00.000Z",
        updated_at: "2025-10-03T16:38:00.000Z",
      },
    ],
  });
export type StoreItem = z.infer<typeof StoreItem>;
