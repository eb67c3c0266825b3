import { z } from "zod";

const RequestMessage = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: z.string().nullable(),
  tool_call_id: z.string().optional(),
  tool_calls: z
    .array(
      z.object({
        id: z.string().min(1),
        type: z.literal("function"),
        function: z.object({ name: z.string().min(1), arguments: z.string() }),
      }),
    )
    .min(1)
    .optional(),
});
type RequestMessage = z.infer<typeof RequestMessage>;

const RequestBody = z.object({
  model: z.string().min(1),
  messages: z.array(RequestMessage).min(1),
  tools: z.array(z.object({ function: z.looseObject({ name: z.string() }) })).optional(),
  max_tokens: z.number().int().positive().optional(),
  max_completion_tokens: z.number().int().positive().optional(),
  stream: z.boolean().optional(),
  stream_options: z.object({ include_usage: z.boolean() }).optional(),
});

export interface FakeChatRequest {
  model: string;
  messages: RequestMessage[];
  toolNames: string[];
  maxTokens: number | undefined;
  stream: boolean;
  includeUsage: boolean;
  /** Content of the last user message. */
  userText: string;
  /** Answers already given since that message: the number of this turn, from 0. */
  turn: number;
  /** Contents of the tool messages since the last user message. */
  toolResults: string[];
}

/** Parses as strictly as OpenAI does where a client's bug would show; the text is the fault. */
export function parseChatRequest(json: unknown): FakeChatRequest | string {
  const parsed = RequestBody.safeParse(json);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { model, messages, tools = [], stream = false, stream_options } = parsed.data;
  const fault = pairingFault(messages);
  if (fault !== undefined) return fault;
  const lastUser = messages.findLastIndex((message) => message.role === "user");
  const since = messages.slice(lastUser + 1);
  return {
    model,
    messages,
    toolNames: tools.map((tool) => tool.function.name),
    maxTokens: parsed.data.max_completion_tokens ?? parsed.data.max_tokens,
    stream,
    includeUsage: stream_options?.include_usage ?? false,
    userText: messages[lastUser]?.content ?? "",
    turn: since.filter((message) => message.role === "assistant").length,
    toolResults: since.filter((m) => m.role === "tool").map((m) => m.content ?? ""),
  };
}

/** OpenAI refuses calls without results, and results without calls. */
function pairingFault(messages: readonly RequestMessage[]): string | undefined {
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id ?? ""))
        return `the tool message for '${message.tool_call_id}' answers no preceding tool call`;
      continue;
    }
    if (open.size > 0) break;
    const ids = message.tool_calls?.map((call) => call.id) ?? [];
    open = new Set(ids);
    if (open.size !== ids.length) return "two tool calls of one message have the same id";
  }
  if (open.size > 0)
    return `tool calls without a tool message right after them: ${[...open].join(", ")}`;
  return undefined;
}
