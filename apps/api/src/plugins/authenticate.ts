import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { AppError, DEFAULT_TENANT_ID, type Principal } from "@llamaagent/core";
import type { FastifyInstance } from "fastify";
import { type Permission, permissions } from "../permission.ts";
import { webSocketKey } from "./web-socket-key.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    permission?: Permission;
  }
  interface FastifyRequest {
    /** Set before any handler, for every request. */
    principal: Principal;
  }
}

const defaultPrincipal: Principal = {
  tenantId: DEFAULT_TENANT_ID,
  subject: "default",
  roles: ["admin"],
  scopes: [],
};

/** One hook gives every request its principal; with a key it first asks for the key. */
export function authenticate(app: FastifyInstance, apiKey: string | undefined): void {
  const expected = apiKey === undefined ? undefined : digest(apiKey);
  app.decorateRequest("principal");
  // Closed by default: a route that names no permission stops the boot.
  app.addHook("onRoute", ({ url, config, schema }) => {
    const isNamed = permissions.some((permission) => permission === config?.permission);
    if (!isNamed && schema?.hide !== true) throw new Error(`the route ${url} names no permission`);
  });
  app.addHook("onRequest", async (request) => {
    request.principal = defaultPrincipal;
    if (expected === undefined || request.routeOptions.config.permission === "public") return;
    const given = credentials(request.headers);
    if (given === undefined || !timingSafeEqual(digest(given), expected))
      throw new AppError("unauthorized");
  });
}

function credentials(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  const key = headers["x-api-key"];
  return bearer ?? (typeof key === "string" ? key : webSocketKey(headers));
}

/** Equal lengths, as timingSafeEqual needs them. */
function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
