import { type AppError, isAppError, type RunUsage, toProblem } from "@llamaagent/core";
import { RunCancelled, type RunEnd } from "@llamaagent/runs";

/** How a run ends by an error. An error outside the catalogue becomes `internal`: its text may hold secrets. */
export function endByError(error: unknown, usage: RunUsage): RunEnd {
  if (error instanceof RunCancelled) return { reason: "cancelled", usage };
  return { reason: reasonOf(error), error: toProblem(error), usage };
}

function reasonOf(
  error: unknown,
): "timeout" | "budget_exceeded" | "nondeterministic_replay" | "error" {
  if (!isAppError(error)) return "error";
  const code: AppError["code"] = error.code;
  if (code === "run_timeout") return "timeout";
  if (code === "budget_exceeded" || code === "nondeterministic_replay") return code;
  return "error";
}
