import { z } from "zod";

/**
 * The error catalogue: one entry per code, for HTTP answers, failed runs and terminal events alike.
 * `docs/errors.md` is generated from it. `status` is the HTTP status (RFC 9110).
 */
export const errorCatalogue = {
  invalid_json: { status: 400, title: "The body is not valid JSON", retryable: false },
  invalid_request: { status: 422, title: "The request has the wrong shape", retryable: false },
  bad_request: { status: 400, title: "The request cannot be read as HTTP", retryable: false },
  not_available: { status: 422, title: "This feature is not available yet", retryable: false },
  invalid_event_id: { status: 422, title: "No such position in this stream", retryable: false },
  idempotency_key_reused: {
    status: 422,
    title: "The idempotency key was used with another body",
    retryable: false,
  },
  personal_data_blocked: {
    status: 422,
    title: "The tenant's policy refuses personal data here",
    retryable: false,
  },
  unauthorized: { status: 401, title: "Valid credentials are needed", retryable: false },
  forbidden: { status: 403, title: "The caller may not do this", retryable: false },
  not_found: { status: 404, title: "No such resource", retryable: false },
  method_not_allowed: { status: 405, title: "The method is not allowed here", retryable: false },
  conflict: { status: 409, title: "The state of the resource forbids this", retryable: false },
  payload_too_large: { status: 413, title: "The body is too large", retryable: false },
  unsupported_media_type: {
    status: 415,
    title: "The content type is not supported",
    retryable: false,
  },
  headers_too_large: { status: 431, title: "The URL and headers are too large", retryable: false },
  rate_limited: { status: 429, title: "Too many requests", retryable: true },
  request_timeout: { status: 408, title: "The request was not sent in time", retryable: true },
  service_unavailable: { status: 503, title: "A service that is needed is away", retryable: true },
  internal: { status: 500, title: "Something went wrong on our side", retryable: true },

  model_unavailable: { status: 502, title: "The model's server did not answer", retryable: true },
  model_timeout: { status: 504, title: "The model took too long", retryable: true },
  model_rate_limited: {
    status: 429,
    title: "The model's provider limits the rate",
    retryable: true,
  },
  model_rejected: {
    status: 502,
    title: "The model's provider refused the request",
    retryable: false,
  },
  model_answer_invalid: {
    status: 502,
    title: "The model's answer cannot be used",
    retryable: false,
  },
  tool_not_found: { status: 404, title: "No such tool", retryable: false },
  tool_input_invalid: {
    status: 422,
    title: "The tool's arguments have the wrong shape",
    retryable: false,
  },
  tool_failed: { status: 502, title: "The tool failed", retryable: false },
  tool_timeout: { status: 504, title: "The tool took too long", retryable: true },

  run_timeout: { status: 504, title: "The run took too long", retryable: true },
  run_aborted: {
    status: 409,
    title: "The run was given up after an unknown outcome",
    retryable: false,
  },
  budget_exceeded: { status: 402, title: "The run's budget is used up", retryable: false },
  poisoned: {
    status: 500,
    title: "The run ended the processes that executed it",
    retryable: false,
  },
  nondeterministic_replay: {
    status: 500,
    title: "The run took another way than before it was interrupted",
    retryable: false,
  },

  invalid_configuration: { status: 500, title: "The configuration is invalid", retryable: false },
  invalid_plugin: { status: 500, title: "A plug-in is invalid", retryable: false },
  unreadable: { status: 500, title: "A stored value cannot be opened", retryable: false },
  schema_outdated: {
    status: 503,
    title: "The database schema is not the one needed",
    retryable: false,
  },
  nested_pool_use: {
    status: 500,
    title: "A pool query inside an open transaction",
    retryable: false,
  },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type ErrorCode = keyof typeof errorCatalogue;
const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];

/** One fault in a body: `pointer` is a JSON pointer (RFC 6901), empty for the whole body. */
export const ProblemDetail = z.object({ pointer: z.string(), message: z.string() });
export type ProblemDetail = z.infer<typeof ProblemDetail>;

/** RFC 9457 problem, with `code`, `message` (= `detail`), `errors`, `retryable`. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().optional(),
    code: z.enum(codes),
    message: z.string(),
    retryable: z.boolean(),
    request_id: z.string().optional(),
    errors: z.array(ProblemDetail).optional(),
  })
  .meta({
    id: "Problem",
    examples: [
      {
        type: "https://llamaagent.dev/errors/not_found",
        title: "No such resource",
        status: 404,
        detail: "There is no such run",
        instance: "/runs/01900000-0000-7000-8000-000000000000",
        code: "not_found",
        message: "There is no such run",
        retryable: false,
        request_id: "01900000-0000-7000-8000-000000000001",
      },
    ],
  });
export type Problem = z.infer<typeof Problem>;

/** `detail` is shown to callers: it never holds a stack, SQL or a secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: ProblemDetail[] | undefined;
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    options: {
      detail?: string;
      errors?: ProblemDetail[];
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(options.detail ?? errorCatalogue[code].title, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** An unknown error becomes `internal` without its message: that may hold SQL or secrets. */
export function toProblem(error: unknown): Problem {
  const known = error instanceof AppError ? error : new AppError("internal");
  const { status, title, retryable } = errorCatalogue[known.code];
  return {
    type: `https://llamaagent.dev/errors/${known.code}`,
    title,
    status,
    detail: known.message,
    code: known.code,
    message: known.message,
    retryable,
    ...(known.errors ? { errors: known.errors } : {}),
  };
}

/**
 * The faults of a failed zod parse, as JSON pointers. `value` is what was parsed: a field that it
 * lacks is called so. `prefix` is where the value stands in the request.
 */
export function problemDetails(
  error: z.core.$ZodError,
  { value, prefix = [] }: { value: unknown; prefix?: readonly string[] },
): ProblemDetail[] {
  const detailsOf = (issues: readonly z.core.$ZodIssue[], under: readonly PropertyKey[]) =>
    issues.flatMap((issue): ProblemDetail[] => {
      const path = [...under, ...issue.path];
      const pointer = (...rest: string[]) => jsonPointer([...prefix, ...path, ...rest]);
      if (issue.code === "unrecognized_keys")
        return issue.keys.map((key) => ({ pointer: pointer(key), message: "unknown field" }));
      // A rule may be about a field that need not be there.
      if (issue.code !== "custom" && valueAt(value, path) === undefined)
        return [{ pointer: pointer(), message: "is required" }];
      const meant = issue.code === "invalid_union" ? alternativeMeant(issue.errors) : undefined;
      return meant
        ? detailsOf(meant, path)
        : [{ pointer: pointer(), message: issueMessage(issue) }];
    });
  return detailsOf(error.issues, []);
}

/** Of a union's alternatives, each with its faults, the one that was tried for: its own faults say more. */
function alternativeMeant(
  alternatives: readonly z.core.$ZodIssue[][],
): z.core.$ZodIssue[] | undefined {
  const inside = alternatives.filter((issues) => issues.every(({ path }) => path.length > 0));
  const ofItsType = alternatives.filter((issues) => rootTypes([issues]).length === 0);
  return [inside, ofItsType].find((tried) => tried.length === 1)?.[0];
}

/** The types that the alternatives want where the value has another one. */
const rootTypes = (alternatives: readonly z.core.$ZodIssue[][]): string[] =>
  alternatives
    .flat()
    .flatMap((issue) =>
      issue.code === "invalid_type" && issue.path.length === 0 ? [issue.expected] : [],
    );

/** zod calls what fits no alternative "Invalid input" and a UUID a GUID. */
function issueMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_format" && (issue.format === "guid" || issue.format === "uuid"))
    return "must be a UUID";
  if (issue.code !== "invalid_union") return issue.message;
  const types = rootTypes(issue.errors);
  const isOfNone = types.length > 0 && issue.errors.every((one) => rootTypes([one]).length > 0);
  return isOfNone
    ? `must be of type ${[...new Set(types)].join(" or ")}`
    : "is none of what it may be";
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at === null || at === undefined ? undefined : Reflect.get(Object(at), key)),
    value,
  );
}

export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
