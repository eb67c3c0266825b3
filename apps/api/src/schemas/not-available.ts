import { AppError, type ProblemDetail } from "@llamaagent/core";

/** Refuses, all at once, what a request asks for and is not built yet: never silently ignored. */
export function refuseUnavailable(asked: Readonly<Record<string, boolean>>): void {
  const errors: ProblemDetail[] = Object.entries(asked)
    .filter(([, isAsked]) => isAsked)
    .map(([pointer]) => ({ pointer, message: "is not available yet" }));
  if (errors.length > 0) throw new AppError("not_available", { errors });
}
