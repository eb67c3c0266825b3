import { errorOfResponse, LlamaAgentError } from "./llama-agent-error.ts";
import { withRetries } from "./retry.ts";
import type { Runtime } from "./runtime.ts";

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Begins with a slash; its parts are encoded. */
  path: string;
  /** Becomes a JSON body. */
  json?: unknown;
  body?: string | Blob | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** One attempt. Throws `LlamaAgentError` for any answer outside 2xx, the signal's reason when aborted. */
export async function send(runtime: Runtime, request: ApiRequest): Promise<Response> {
  const { signal, json } = request;
  const body = json === undefined ? request.body : JSON.stringify(json);
  let response: Response;
  try {
    response = await runtime.fetch(`${runtime.baseUrl}${request.path}`, {
      method: request.method,
      headers: {
        accept: "application/json",
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...(runtime.apiKey === undefined ? {} : { authorization: `Bearer ${runtime.apiKey}` }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw connectionFailed(runtime, cause);
  }
  if (!response.ok) throw await errorOfResponse(response);
  return response;
}

/** The parsed body of one attempt; undefined where it is empty. */
export async function sendForJson<T>(runtime: Runtime, request: ApiRequest): Promise<T> {
  const response = await send(runtime, request);
  const text = await readBody(runtime, request.signal, () => response.text());
  try {
    // The shapes are the server's promise (the types are generated from its schemas): no second check.
    return (text === "" ? undefined : JSON.parse(text)) as T;
  } catch (cause) {
    throw new LlamaAgentError("invalid_answer", {
      detail: `the answer of ${request.method} ${request.path} is not JSON: is this a LlamaAgent server?`,
      status: response.status,
      cause,
    });
  }
}

/**
 * Sends again after a lost or refused attempt, and says so in `retry-attempt`; only for requests that
 * may be repeated.
 */
export function sendRepeatable<T>(runtime: Runtime, request: ApiRequest): Promise<T> {
  return withRetries(runtime, request.signal, (failures) => {
    const repeat = failures === 0 ? {} : { "retry-attempt": String(failures) };
    return sendForJson<T>(runtime, { ...request, headers: { ...request.headers, ...repeat } });
  });
}

export async function readBody<T>(
  runtime: Runtime,
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    signal?.throwIfAborted();
    throw connectionFailed(runtime, cause);
  }
}

export function connectionFailed(runtime: Runtime, cause: unknown): LlamaAgentError {
  return new LlamaAgentError("connection_failed", {
    detail: `no answer from ${runtime.baseUrl}: ${innermostMessage(cause)}`,
    cause,
  });
}

/** Node's fetch says "fetch failed" and keeps the reason (ECONNREFUSED …) in the cause. */
function innermostMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return innermostMessage(error.cause);
  const code = "code" in error ? String(error.code) : "";
  return error.message || code || error.name;
}
