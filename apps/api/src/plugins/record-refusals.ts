import {
  type Actor,
  callerFields,
  originFields,
  PLATFORM_CHAIN,
  type Refusal,
  RefusedCredential,
  type Refusals,
} from "@llamaagent/auth";
import { errorCatalogue, isAppError, type Principal } from "@llamaagent/core";
import type { FastifyInstance } from "fastify";
import { type RecordedRequest, routeOf } from "../acted.ts";
import { networkOf } from "../caller-address.ts";
import { credentials, nobody } from "./authenticate.ts";

/**
 * Notes who was refused: without a credential, with one that is not taken, by what it does not allow, or as an
 * address that guesses. Nobody waits for it, and it fails nothing. That another tenant's thing was asked for is
 * not among them: it looks as if there were none, here too.
 */
export function recordRefusals(app: FastifyInstance, refusals: Pick<Refusals, "note">): void {
  app.addHook("onError", (request, _reply, error, done) => {
    if (isRefusal(request, error)) refusals.note(refusalOf(request, error));
    done();
  });
}

type RefusalError = { code: "unauthorized" | "forbidden" | "rate_limited" };

function isRefusal(request: RecordedRequest, error: unknown): error is RefusalError {
  if (isAppError(error, "unauthorized") || isAppError(error, "forbidden")) return true;
  // Before anybody was asked who it is: it is the address that is refused, and not for public things.
  const isAddress = callerOf(request) === undefined;
  return (
    isAppError(error, "rate_limited") &&
    isAddress &&
    request.routeOptions.config.permission !== "public"
  );
}

function refusalOf(request: RecordedRequest, error: RefusalError): Refusal {
  const caller = error instanceof RefusedCredential ? error.holder : callerOf(request);
  const origin = {
    requestId: request.id,
    address: networkOf(request),
    route: routeOf(request),
  };
  const what = {
    action: request.routeOptions.config.act ?? ("access" as const),
    code: error.code,
    status: errorCatalogue[error.code].status,
  };
  if (caller === undefined)
    return {
      ...what,
      ...originFields(origin),
      tenant_id: PLATFORM_CHAIN,
      detail: { credential: credentials(request.headers) === undefined ? "none" : "not taken" },
    };
  const actor: Actor = { ...caller, origin };
  return { ...what, ...callerFields(actor), tenant_id: caller.tenantId, detail: {} };
}

/** Undefined where nobody was proved to call; some are refused before anybody looked. */
function callerOf({ principal }: { principal: Principal | undefined }): Principal | undefined {
  return principal === nobody ? undefined : principal;
}
