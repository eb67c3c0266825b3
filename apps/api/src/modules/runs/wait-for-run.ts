import { AppError, type Principal, type Run, START, type StoredEvent } from "@llamaagent/core";
import { getRun } from "@llamaagent/runs";
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
  await untilSettled(api, principal, runId, options);
  const { run, messages } = await api.context.readRun(principal.tenantId, runId);
  if (isSettled(run)) return { run, values: valuesOf(run), messages };
  throw new AppError("service_unavailable", {
    detail: "The server closes before the run has ended",
    retryAfterSeconds: 1,
  });
}

async function untilSettled(
  { context, follower }: ApiDependencies,
  principal: Principal,
  runId: string,
  options: WaitOptions,
): Promise<void> {
  const isSettledNow = async () => isSettled(await getRun(context, principal, runId));
  if (options.queued === undefined && (await isSettledNow())) return;
  const key = { tenantId: principal.tenantId, runId };
  for await (const { type } of follower.follow(key, { after: START, ...options }))
    // It may be an old pause, from which the run went on.
    if (type === "run.paused" && (await isSettledNow())) return;
}

function isSettled(run: Run): boolean {
  return run.state === "ended" || run.state === "waiting";
}

function valuesOf({ output }: Run): RunWaitResponse["values"] {
  if (output === undefined) return {};
  const isObject = output !== null && typeof output === "object" && !Array.isArray(output);
  return isObject ? output : { output };
}
