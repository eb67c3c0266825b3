import { z } from "zod";
import { JsonValue } from "./json.ts";

const TextPart = z.object({ type: z.literal("text"), text: z.string() });
/** Any JSON input that is not a string travels as one `json` part. */
const JsonPart = z.object({ type: z.literal("json"), json: JsonValue });
export const ContentPart = z.discriminatedUnion("type", [TextPart, JsonPart]);
export type ContentPart = z.infer<typeof ContentPart>;

export const ToolCall = z.object({
  id: z.string(),
  name: z.string(),
  /** Parsed arguments; the raw text where the model wrote invalid JSON. */
  arguments: JsonValue,
});
export type ToolCall = z.infer<typeof ToolCall>;

export const MessageRole = z.enum(["system", "user", "assistant", "tool"]);
export type MessageRole = z.infer<typeof MessageRole>;

export const Message = z
  .object({
    id: z.string().optional(),
    role: MessageRole,
    content: z.union([z.string(), z.array(ContentPart)]),
    tool_calls: z.array(ToolCall).optional(),
    tool_call_id: z.string().optional(),
    metadata: z.record(z.string(), JsonValue).optional(),
  })
  .meta({
    id: "Message",
    examples: [
      {
        id: "0199a6f0-0000-7000-8000-000000000003/model/1",
        role: "assistant",
        content: "Caching is on (notes.txt, line 1).",
      },
    ],
  });
export type Message = z.infer<typeof Message>;

/** The text of a message; JSON parts as their JSON text. */
export function messageText(message: Pick<Message, "content">): string {
  if (typeof message.content === "string") return message.content;
  return message.content
    .map((part) => (part.type === "text" ? part.text : JSON.stringify(part.json)))
    .join("\n");
}
