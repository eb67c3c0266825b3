import { AppError, type ErrorCode } from "@llamaagent/core";

const TIMEOUT_CODES = new Set([
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/** Any failure of a call to get an answer, as an error of the catalogue. */
export function toModelError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const codes = causeCodes(cause);
  if (codes.some((code) => TIMEOUT_CODES.has(code)))
    return new AppError("model_timeout", { cause });
  const why = codes[0] ?? (cause instanceof SyntaxError ? "malformed answer" : "connection lost");
  return new AppError("model_unavailable", {
    detail: `the model's server did not answer properly: ${why}`,
    cause,
  });
}

/**
 * An error that the provider reports, by its status or, without one, inside a stream. `said` is the
 * `error` of its answer (https://platform.openai.com/docs/guides/error-codes), or what stands there
 * instead. Never holds the key.
 */
export function providerError(
  said: unknown,
  options: {
    status: number | undefined;
    retryAfter: string | string[] | undefined;
    apiKey: string | undefined;
  },
): AppError {
  const { status, apiKey } = options;
  const retryAfter = Number(options.retryAfter ?? Number.NaN);
  const words = redact(wordsOf(said), apiKey);
  return new AppError(codeOf(said, status), {
    detail: `the model's provider answered ${status ?? "an error"}${words && `: ${words}`}`,
    ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
  });
}

function codeOf(said: unknown, answered: number | undefined): ErrorCode {
  const code = member(said, "code");
  // Inside a stream there is no status; llama.cpp and vLLM put it into the error's `code`.
  const status = answered ?? Number(code ?? Number.NaN);
  if (status === 429 || code === "rate_limit_exceeded") return "model_rate_limited";
  if (status === 408) return "model_timeout";
  if (status >= 400 && status < 500) return "model_rejected";
  if (Number.isNaN(status) && member(said, "type") === "invalid_request_error")
    return "model_rejected";
  return "model_unavailable";
}

function wordsOf(said: unknown): string {
  if (typeof said === "string") return said;
  const message = member(said, "message");
  return typeof message === "string" ? message : (JSON.stringify(said) ?? "");
}

function member(value: unknown, name: string): unknown {
  return value === null || typeof value !== "object" ? undefined : Reflect.get(value, name);
}

/** Providers repeat the key, whole or in part, when they refuse it. */
function redact(message: string, apiKey: string | undefined): string {
  const withoutKey = apiKey ? message.replaceAll(apiKey, "[key]") : message;
  return withoutKey.replaceAll(/\b(?:sk|pk)-[\w*.-]+/g, "[key]").slice(0, 500);
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
