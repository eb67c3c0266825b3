import { AppError } from "@llamaagent/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { LoopDelay } from "../load/loop-delay.ts";
import type { QueueGate } from "../load/queue-gate.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether it adds to the queue. */
    startsRuns?: boolean;
  }
}

const RETRY_AFTER_SECONDS = 2;

const overloaded = (detail: string): AppError =>
  new AppError("service_unavailable", { detail, retryAfterSeconds: RETRY_AFTER_SECONDS });

/**
 * Refuses with 503 what this process has no time for, before anything of it is done: first new runs, then all
 * but probes and what lessens the load (cancelling, deleting, settling). Register it before what looks at credentials.
 */
export function shedWhenLate(
  app: Pick<FastifyInstance, "addHook">,
  delay: Pick<LoopDelay, "ms">,
  delayMsMax: number,
): void {
  app.addHook("onRequest", ({ routeOptions: { config } }, _reply, done) => {
    const { ms } = delay;
    const isNeeded = config.isProbe || (config.permission === "runs:write" && !config.startsRuns);
    const isShed = ms > delayMsMax && !isNeeded && (config.startsRuns || ms > 2 * delayMsMax);
    done(isShed ? overloaded("This server is late with what it has to do") : undefined);
  });
}

/** Refuses with 503 runs for which the queue is too long, before they are stored. */
export function shedWhenQueued(app: FastifyInstance, gate: QueueGate): void {
  app.addHook("preHandler", (request, _reply, done) => {
    const isShut =
      request.routeOptions.config.startsRuns &&
      gate.isShut({ tenantId: request.principal.tenantId, priority: priorityOf(request) });
    done(
      isShut ? overloaded("More runs wait for a worker than this installation takes") : undefined,
    );
  });
}

/** Of a batch, whose runs are admitted or refused together here, that of all that say nothing. */
function priorityOf({ body }: FastifyRequest): number {
  const isObject = typeof body === "object" && body !== null;
  const priority = isObject && "priority" in body ? body.priority : 0;
  return typeof priority === "number" ? priority : 0;
}
