import { AppError, type Principal, type Run, START } from "@llamaagent/core";
import { getRun, runMessages } from "@llamaagent/runs";
import type { ApiDependencies } from "../../api-dependencies.ts";
import type { RunWaitResponse } from "./runs.schemas.ts";

/**
 * Resolves when the run has ended or waits for a person. Error: `service_unavailable` where the server
 * closes first; an abort of the client's goes to nobody.
 */
export async function waitForRun(
  { context, follower }: ApiDependencies,
  principal: Principal,
  runId: string,
  signal: AbortSignal,
): Promise<Run> {
  const run = await getRun(context, principal, runId);
  if (isSettled(run)) return run;
  const key = { tenantId: principal.tenantId, runId };
  for await (const event of follower.follow(key, { after: START, signal })) {
    if (event.type !== "run.paused") continue;
    // It may be an old pause, from which the run went on.
    const paused = await getRun(context, principal, runId);
    if (isSettled(paused)) return paused;
  }
  const ended = await getRun(context, principal, runId);
  if (isSettled(ended)) return ended;
  throw new AppError("service_unavailable", {
    detail: "The server closes before the run has ended",
    retryAfterSeconds: 1,
  });
}

function isSettled(run: Run): boolean {
  return run.state === "ended" || run.state === "waiting";
}

export async function waitAnswer(
  { context }: ApiDependencies,
  principal: Principal,
  run: Run,
): Promise<RunWaitResponse> {
  return { run, values: valuesOf(run), messages: await runMessages(context, principal, run) };
}

function valuesOf({ output }: Run): RunWaitResponse["values"] {
  if (output === undefined) return {};
  const isObject = output !== null && typeof output === "object" && !Array.isArray(output);
  return isObject ? output : { output };
}
