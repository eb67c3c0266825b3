import { type Act, type Actor, recordAct } from "@llamaagent/auth";
import type { Database, TenantTx } from "@llamaagent/db";
import type { FastifyContextConfig, FastifyRequest } from "fastify";
import { addressOf } from "./caller-address.ts";

/** What is recorded of any request, whatever its route takes. */
export interface RecordedRequest extends Pick<
  FastifyRequest,
  "id" | "ip" | "socket" | "method" | "headers" | "principal"
> {
  routeOptions: { url: string | undefined; config: FastifyContextConfig };
}

/** The template of its route: a path may hold names, and whatever else its caller thinks up. */
export function routeOf({ method, routeOptions: { url } }: RecordedRequest): string {
  return url === undefined ? "none" : `${method} ${url}`;
}

/** Who calls, with the request that is recorded. */
export function actorOf(request: RecordedRequest): Actor {
  const origin = {
    requestId: request.id,
    address: addressOf(request),
    route: routeOf(request),
  };
  return { ...request.principal, origin };
}

/**
 * What an admin does, in one transaction with its record: neither is there without the other. Its name is the
 * route's.
 */
export async function acted<Done>(
  db: Pick<Database, "tenant">,
  request: RecordedRequest,
  {
    work,
    about = () => ({}),
  }: {
    work: (tx: TenantTx) => Promise<Done>;
    /** What it was done to. */
    about?: (done: Done) => Omit<Act, "action">;
  },
): Promise<Done> {
  const { act: action } = request.routeOptions.config;
  if (action === undefined) throw new Error("the route names no act");
  return db.tenant(request.principal.tenantId, async (tx) => {
    const done = await work(tx);
    await recordAct(tx, actorOf(request), { action, ...about(done) });
    return done;
  });
}
