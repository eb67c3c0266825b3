import { z } from "zod";

/** The Agent Protocol's four; ours is `events`. */
export const StreamMode = z.enum(["events", "values", "messages", "updates", "custom"]);
export type StreamMode = z.infer<typeof StreamMode>;

/** One or several, which are sent in one stream. */
export const StreamModes = z.union([StreamMode, z.array(StreamMode).min(1).max(5)]);
export type StreamModes = z.infer<typeof StreamModes>;

export function modesOf(given: StreamModes = "events"): ReadonlySet<StreamMode> {
  return new Set([given].flat());
}
