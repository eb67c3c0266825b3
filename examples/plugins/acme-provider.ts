import {
  AppError,
  type CallOptions,
  type ChatModel,
  type ChatPart,
  type ChatRequest,
  definePlugin,
  defineProvider,
  messageText,
  TokenUsage,
  ToolCall,
} from "@llamaagent/core";
import { z } from "zod";

/** The lines of Acme's answer: pieces of text and tool calls as they come, then the usage. */
const Line = z.union([
  z.object({ text: z.string() }),
  z.object({ tool_call: ToolCall }),
  z.object({ done: z.object({ usage: TokenUsage, cut: z.boolean().default(false) }) }),
]);

/**
 * One provider in one file: a service with a streaming protocol of its own (`POST /generate`,
 * answered by JSON lines). An agent uses it with `"model": "acme/large"`.
 */
export const plugin = definePlugin({
  providers: [
    defineProvider({
      id: "acme",
      description: "Acme's text service; needs ACME_URL and ACME_API_KEY",
      settings: z.object({ ACME_URL: z.url().optional(), ACME_API_KEY: z.string().optional() }),
      isConfigured: ({ ACME_URL, ACME_API_KEY }) => Boolean(ACME_URL && ACME_API_KEY),
      create: async (model, { ACME_URL: url = "", ACME_API_KEY: key = "" }) =>
        createAcmeModel({ model, url, key }),
    }),
  ],
});

function createAcmeModel(options: { model: string; url: string; key: string }): ChatModel {
  async function* stream(request: ChatRequest, { signal }: CallOptions): AsyncGenerator<ChatPart> {
    let content = "";
    const tool_calls: ToolCall[] = [];
    for await (const line of jsonLines(await post(options, request, signal), signal)) {
      if ("text" in line) {
        content += line.text;
        yield { type: "text", text: line.text };
      } else if ("tool_call" in line) tool_calls.push(line.tool_call);
      else {
        const { usage, cut } = line.done;
        const finish_reason = cut ? "length" : tool_calls.length > 0 ? "tool_calls" : "stop";
        yield { type: "completed", response: { content, tool_calls, usage, finish_reason } };
        return;
      }
    }
    throw new AppError("model_unavailable", { detail: "Acme's answer broke off" });
  }

  return {
    id: `acme/${options.model}`,
    stream,
    async complete(request, callOptions) {
      for await (const part of stream(request, callOptions))
        if (part.type === "completed") return part.response;
      throw new AppError("model_unavailable");
    },
  };
}

async function post(
  { model, url, key }: { model: string; url: string; key: string },
  request: ChatRequest,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(new URL("/generate", url), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model,
      messages: request.messages.map((message) => ({ ...message, content: messageText(message) })),
      tools: request.tools,
      max_tokens: request.maxOutputTokens,
    }),
    signal,
  }).catch((cause: unknown) => {
    throw awayOrAborted(signal, cause);
  });
  if (response.ok && response.body !== null) return response.body;
  await response.body?.cancel();
  const detail = `Acme answered ${response.status}`;
  if (response.status === 429) throw new AppError("model_rate_limited", { detail });
  const refused = response.status >= 400 && response.status < 500;
  throw new AppError(refused ? "model_rejected" : "model_unavailable", { detail });
}

async function* jsonLines(body: ReadableStream<Uint8Array>, signal: AbortSignal) {
  let rest = "";
  try {
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield Line.parse(JSON.parse(line));
    }
  } catch (cause) {
    throw awayOrAborted(signal, cause);
  }
}

/** An abort keeps its own reason: it says whether the run was cancelled or took too long. */
function awayOrAborted(signal: AbortSignal, cause: unknown): unknown {
  if (signal.aborted) return signal.reason;
  return new AppError("model_unavailable", { detail: "Acme did not answer properly", cause });
}
