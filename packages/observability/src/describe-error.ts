export interface DescribedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: DescribedError;
}

/**
 * The parts of an error that are safe to log. Not its other fields: libraries put whole requests,
 * statements and their values there.
 */
export function describeError(error: Error, depth = 0): DescribedError {
  const { cause } = error;
  return {
    type: error.name,
    message: error.message,
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(cause instanceof Error && depth < 5 ? { cause: describeError(cause, depth + 1) } : {}),
  };
}
