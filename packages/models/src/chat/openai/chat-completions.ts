import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionCreateParamsStreaming,
} from "openai/resources/chat/completions";
import type { IdleGuard } from "./idle-guard.ts";
import { providerError } from "./openai-errors.ts";
import { type HttpAnswer, postJson } from "./post-json.ts";
import { readEvents, readText, release } from "./read-answer.ts";

/**
 * The one call of the API, over HTTP; what it gives is parsed JSON of whatever shape. Throws what the
 * provider reports as an error of the catalogue, and other failures as they come.
 */
export function createChatCompletions(options: { baseUrl: string; apiKey: string | undefined }) {
  const { apiKey } = options;
  const url = new URL(options.baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/chat/completions`;
  const headers = {
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": "llamaagent",
    // Some servers demand a key, whichever; the others ignore it.
    authorization: `Bearer ${apiKey ?? "none"}`,
  };

  async function post(body: object, guard: IdleGuard): Promise<HttpAnswer> {
    const answer = await postJson({ url, headers, body: JSON.stringify(body) }, guard.signal);
    const { statusCode: status } = answer;
    if (status >= 200 && status < 300) return answer;
    try {
      throw failure(saidIn(await readText(answer, guard)), answer, status);
    } finally {
      release(answer, { isDone: false });
    }
  }

  function failure(said: unknown, answer: HttpAnswer, status?: number): Error {
    const retryAfter = answer.headers["retry-after"];
    return providerError(said, { status, retryAfter, apiKey });
  }

  return {
    async complete(
      body: ChatCompletionCreateParamsNonStreaming,
      guard: IdleGuard,
    ): Promise<unknown> {
      const answer = await post(body, guard);
      try {
        return JSON.parse(await readText(answer, guard));
      } finally {
        release(answer, { isDone: false });
      }
    },

    /** The chunks up to `[DONE]` or the end of the stream. */
    async *stream(
      body: ChatCompletionCreateParamsStreaming,
      guard: IdleGuard,
    ): AsyncGenerator<unknown> {
      const answer = await post(body, guard);
      let isDone = false;
      try {
        for await (const { event, data } of readEvents(answer, guard)) {
          isDone = data === "[DONE]";
          if (isDone) return;
          const chunk: unknown = JSON.parse(data);
          const error = errorIn(chunk);
          if (error || event === "error") throw failure(error ?? chunk, answer);
          yield chunk;
        }
      } finally {
        release(answer, { isDone });
      }
    },
  };
}

function errorIn(json: unknown): unknown {
  return json !== null && typeof json === "object" && "error" in json ? json.error : undefined;
}

/** What a refusal says: its `error`, where it has one. Proxies answer with pages of HTML. */
function saidIn(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return errorIn(json) ?? json;
  } catch {
    return text;
  }
}
