import { AppError, type Principal, type Run, START, type StoredEvent } from "@llamaagent/core";
import type { ApiDependencies } from "../../api-dependencies.ts";
import type { RunWaitResponse } from "./runs.schemas.ts";

export interface WaitOptions {
  signal: AbortSignal;
  /** The first event of a run that was admitted just now. */
  queued?: StoredEvent;
}

/**
 * Resolves when the run has ended or waits for a person. Errors: `not_found`; `service_unavailable`
 * where the server closes first; an abort of the client's goes to nobody.
 */
export async function waitForRun(
  api: ApiDependencies,
  principal: Principal,
  runId: string,
  options: WaitOptions,
): Promise<RunWaitResponse> {
  const key = { tenantId: principal.tenantId, runId };
  const answer = async (): Promise<RunWaitResponse | undefined> => {
    const { run, messages } = await api.context.readRun(key.tenantId, runId);
    const isSettled = run.state === "ended" || run.state === "waiting";
    return isSettled ? { run, values: valuesOf(run), messages } : undefined;
  };
  if (options.queued === undefined) {
    const settled = await answer();
    if (settled) return settled;
  }
  for await (const { type } of api.follower.follow(key, { after: START, ...options })) {
    // It may be an old pause, from which the run went on.
    const paused = type === "run.paused" ? await answer() : undefined;
    if (paused) return paused;
  }
  const settled = await answer();
  if (settled) return settled;
  throw new AppError("service_unavailable", {
    detail: "The server closes before the run has ended",
    retryAfterSeconds: 1,
  });
}

export function valuesOf({ output }: Pick<Run, "output">): RunWaitResponse["values"] {
  if (output === undefined) return {};
  const isObject = output !== null && typeof output === "object" && !Array.isArray(output);
  return isObject ? output : { output };
}
