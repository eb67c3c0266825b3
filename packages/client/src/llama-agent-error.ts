import type { Problem } from "./generated/types.ts";

/** Codes that no server sends: the request or its answer was lost, or the answer is not ours. */
export type ClientErrorCode = "connection_failed" | "invalid_answer";

const FAULTS_SHOWN = 3;

/** A problem (RFC 9457) as answered, or what kept the client from an answer. */
export class LlamaAgentError extends Error {
  /** A code of the server's catalogue; `http_<status>` where the answer was no problem document. */
  readonly code: Problem["code"] | ClientErrorCode | `http_${number}`;
  /** The HTTP status; absent where no answer came. */
  readonly status: number | undefined;
  readonly detail: string;
  /** JSON pointers into the body that was sent. */
  readonly errors: NonNullable<Problem["errors"]>;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** The server's wish, from `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: LlamaAgentError["code"],
    options: {
      detail: string;
      status?: number | undefined;
      errors?: Problem["errors"] | undefined;
      requestId?: string | undefined;
      retryAfterSeconds?: number | undefined;
      cause?: unknown;
    },
  ) {
    const faults = (options.errors ?? []).map(({ pointer, message }) => `${pointer} ${message}`);
    // What a log shows: it must say which field is meant.
    super([options.detail, ...faults.slice(0, FAULTS_SHOWN)].join("; "), { cause: options.cause });
    this.name = "LlamaAgentError";
    this.code = code;
    this.status = options.status;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.requestId = options.requestId;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export function isLlamaAgentError(error: unknown): error is LlamaAgentError {
  return error instanceof LlamaAgentError;
}

/** The error for an answer outside 2xx; reads its body. */
export async function errorOfResponse(response: Response): Promise<LlamaAgentError> {
  const text = await response.text().catch(() => ""); // a cut body leaves the status, which is enough
  const problem = parseProblem(text);
  return new LlamaAgentError(problem?.code ?? `http_${response.status}`, {
    status: response.status,
    detail:
      problem?.detail ?? `the server answered ${response.status} ${response.statusText}`.trim(),
    errors: problem?.errors,
    requestId: problem?.request_id ?? response.headers.get("x-request-id") ?? undefined,
    retryAfterSeconds: parseRetryAfter(response.headers.get("retry-after")),
  });
}

function parseProblem(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isProblem =
      typeof value === "object" && value !== null && "code" in value && "detail" in value;
    // The server's promise for a body with these two fields; a proxy's own error page has neither.
    return isProblem ? (value as Problem) : undefined;
  } catch {
    return undefined; // a proxy's HTML page, say
  }
}

/** RFC 9110 §10.2.3: seconds or a date. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
