import { assertNever, type Message, messageText, type ToolSpec } from "@llamaagent/core";
import type {
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from "openai/resources/chat/completions";

export function toOpenaiMessage(message: Message): ChatCompletionMessageParam {
  // Lone surrogates are valid in our strings, but servers refuse or crash on them.
  const content = messageText(message).toWellFormed();
  switch (message.role) {
    case "system":
      return { role: "system", content };
    case "user":
      return { role: "user", content };
    case "tool":
      return { role: "tool", content, tool_call_id: message.tool_call_id ?? "" };
    case "assistant": {
      if (!message.tool_calls?.length) return { role: "assistant", content };
      const calls = message.tool_calls.map((call) => ({
        id: call.id,
        type: "function" as const,
        // Arguments that were no JSON go back as a JSON string: servers parse this field.
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      }));
      return { role: "assistant", content: content === "" ? null : content, tool_calls: calls };
    }
    default:
      return assertNever(message.role);
  }
}

export function toOpenaiTool(tool: ToolSpec): ChatCompletionTool {
  const { name, description, parameters } = tool;
  return { type: "function", function: { name, description, parameters } };
}
