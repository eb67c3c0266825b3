import { AppError, type ErrorCode } from "@llamaagent/core";
import { APIConnectionTimeoutError, APIError } from "openai";

const TIMEOUT_CODES = new Set([
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/** Any failure of a call, as an error of the catalogue. Never holds the key. */
export function toModelError(cause: unknown, apiKey: string | undefined): AppError {
  const known = knownError(cause);
  if (known) return known;
  const codes = causeCodes(cause);
  if (cause instanceof APIConnectionTimeoutError || codes.some((code) => TIMEOUT_CODES.has(code)))
    return new AppError("model_timeout", { cause });
  if (!(cause instanceof APIError) || (cause.status === undefined && cause.error === undefined)) {
    const why = codes[0] ?? (cause instanceof SyntaxError ? "malformed answer" : "connection lost");
    return new AppError("model_unavailable", {
      detail: `the model's server did not answer properly: ${why}`,
      cause,
    });
  }
  const code = codeOf(cause);
  const said = redact(providerMessage(cause), apiKey);
  const retryAfter = Number(cause.headers?.get("retry-after") ?? Number.NaN);
  return new AppError(code, {
    detail: `the model's provider answered ${cause.status ?? "an error"}: ${said}`,
    ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
    cause,
  });
}

function codeOf(error: APIError): ErrorCode {
  // Inside a stream there is no status; llama.cpp and vLLM put it into the error's `code`.
  const status = error.status ?? Number(error.code ?? Number.NaN);
  if (status === 429 || error.code === "rate_limit_exceeded") return "model_rate_limited";
  if (status === 408) return "model_timeout";
  if (status >= 400 && status < 500) return "model_rejected";
  if (Number.isNaN(status) && error.type === "invalid_request_error") return "model_rejected";
  return "model_unavailable";
}

function providerMessage(error: APIError): string {
  const body: unknown = error.error;
  if (typeof body === "string") return body;
  if (body !== null && typeof body === "object" && "message" in body) return String(body.message);
  return error.message;
}

/** Providers repeat the key, whole or in part, when they refuse it. */
function redact(message: string, apiKey: string | undefined): string {
  const withoutKey = apiKey ? message.replaceAll(apiKey, "[key]") : message;
  return withoutKey.replaceAll(/\b(?:sk|pk)-[\w*.-]+/g, "[key]").slice(0, 500);
}

/** An error of ours, thrown inside the client, which may wrap it. */
function knownError(error: unknown): AppError | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof AppError) return current;
    current = current.cause;
  }
  return undefined;
}

/** `ECONNREFUSED` and the like, from the error or what caused it. */
function causeCodes(error: unknown): string[] {
  const codes: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if ("code" in current && typeof current.code === "string") codes.push(current.code);
    if (current instanceof AggregateError && current.errors.length > 0)
      codes.push(...causeCodes(current.errors[0]));
    current = current.cause;
  }
  return codes;
}
