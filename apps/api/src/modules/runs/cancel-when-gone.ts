import { isAppError, type Run } from "@llamaagent/core";
import { cancelRun, retryWhileAway } from "@llamaagent/runs";
import type { FastifyRequest } from "fastify";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { isClientGone } from "../../open-requests.ts";
import type { RunCreate } from "./run-create.schemas.ts";

interface Request extends Pick<FastifyRequest, "principal" | "log"> {
  body: Pick<RunCreate, "on_disconnect">;
}

/**
 * Where `on_disconnect` is `cancel`, a client that goes away before the end of its answer cancels the
 * run, also for others who joined it by the same key. A server that closes, dies or cuts the answer off
 * does not. `signal`: of `openRequests.track`, from before the run was admitted.
 */
export function cancelWhenGone(
  { context, openRequests }: Pick<ApiDependencies, "context" | "openRequests">,
  { principal, log, body }: Request,
  { run: { run_id: runId }, signal }: { run: Run; signal: AbortSignal },
): void {
  if (body.on_disconnect !== "cancel") return;
  const onAbort = (): void => {
    if (!isClientGone(signal)) return;
    const cancel = () => cancelRun(context, principal, runId);
    retryWhileAway(cancel, openRequests.closed).catch((error: unknown) => {
      if (isAppError(error, "not_found")) return;
      log.error({ err: error, run_id: runId }, "a run whose client is gone was not cancelled");
    });
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort);
}
