import type { JsonObject, Message, MessageRole, ToolCall } from "@llamaagent/core";

export const messageColumns = `message_id, role, content, tool_calls, tool_call_id, metadata`;

export interface MessageRow {
  message_id: string;
  role: MessageRole;
  content: string;
  tool_calls: string | null;
  tool_call_id: string | null;
  metadata: string | null;
}

/** Text columns hold what we wrote by JSON.stringify: their parsed type is what was written. */
export function toMessage(row: MessageRow): Message {
  return {
    id: row.message_id,
    role: row.role,
    content: JSON.parse(row.content) as Message["content"],
    ...(row.tool_calls === null ? {} : { tool_calls: JSON.parse(row.tool_calls) as ToolCall[] }),
    ...(row.tool_call_id === null ? {} : { tool_call_id: row.tool_call_id }),
    ...(row.metadata === null ? {} : { metadata: JSON.parse(row.metadata) as JsonObject }),
  };
}
