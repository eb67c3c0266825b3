import type { IncomingHttpHeaders } from "node:http";
import { type CredentialVerifier, isAllowed, Permission } from "@llamaagent/auth";
import { AppError, DEFAULT_TENANT_ID, isAppError, type Principal } from "@llamaagent/core";
import type { FastifyInstance, RouteOptions } from "fastify";
import { webSocketKey } from "./web-socket-key.ts";

/** What a route asks of its caller: a permission; a credential, whatever it allows; or, `public`, nothing. */
type Asked = Permission | "any credential" | "public";

declare module "fastify" {
  interface FastifyContextConfig {
    permission?: Asked;
    /** Of a load balancer, or of who starts processes. */
    isProbe?: boolean;
  }
  interface FastifyRequest {
    /** Set before any handler, for every request. */
    principal: Principal;
  }
}

/** Before the key was looked at, and where a route asks for none. */
export const nobody: Principal = {
  tenantId: DEFAULT_TENANT_ID,
  subject: "nobody",
  roles: [],
  scopes: [],
};

/** Whoever calls where no key is asked for, which is from this machine: all of it is theirs. */
const localPrincipal: Principal = {
  tenantId: DEFAULT_TENANT_ID,
  subject: "default",
  roles: ["admin", "platform_admin"],
  scopes: [],
};

/**
 * One hook gives every request its principal, from its credential where these are asked for, and asks what it
 * may do.
 */
export function authenticate(
  app: FastifyInstance,
  verifier: Pick<CredentialVerifier, "verify"> | undefined,
  /** Of a 401, in `WWW-Authenticate`. */
  challenge = "Bearer",
): void {
  app.decorateRequest("principal");
  // Closed by default: a route that names no permission stops the boot. Looked at when all are there, for
  // plug-ins of others' routes name theirs after this hook.
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => void routes.push(route));
  app.addHook("onReady", async () => {
    for (const { url, config } of routes)
      if (!isAsked(config?.permission)) throw new Error(`the route ${url} names no permission`);
  });
  app.addHook("onRequest", async (request, reply) => {
    const { permission: asked } = request.routeOptions.config;
    request.principal = verifier === undefined ? localPrincipal : nobody;
    if (asked === "public" || verifier === undefined) return;
    const given = credentials(request.headers);
    try {
      if (given === undefined) throw new AppError("unauthorized");
      request.principal = await verifier.verify(given);
    } catch (error) {
      if (isAppError(error, "unauthorized")) reply.header("www-authenticate", challenge);
      throw error;
    }
    if (asked === undefined || asked === "any credential" || isAllowed(request.principal, asked))
      return;
    throw new AppError("forbidden", {
      detail: `${called(request.principal)} does not give the permission ${asked}`,
    });
  });
}

const called = ({ expiresAtMs }: Principal): string =>
  expiresAtMs === undefined ? "The key" : "The token";

/** @internal For a test of all routes. */
export function isAsked(value: unknown): value is Asked {
  return value === "public" || value === "any credential" || Permission.safeParse(value).success;
}

/** What a request came with: a key or a token. */
export function credentials(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  const key = headers["x-api-key"];
  return bearer ?? (typeof key === "string" ? key : webSocketKey(headers));
}
