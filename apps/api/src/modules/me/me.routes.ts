import { type Permission, permissionsOf } from "@llamaagent/auth";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { jsonResponse } from "../../schemas/json-response.ts";
import { notStored } from "../../schemas/not-stored.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { Me } from "./me.schemas.ts";

export function meRoutes(): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/me",
      {
        config: { permission: "any credential" },
        schema: {
          tags: ["Keys"],
          operationId: "get_me",
          summary: "Who the caller is, and what the caller may do",
          response: { 200: jsonResponse("The caller", Me), ...problemResponses() },
        },
      },
      async ({ principal }, reply) => {
        notStored(reply);
        return {
          tenant_id: principal.tenantId,
          subject: principal.subject,
          roles: principal.roles,
          // As the key's row holds them.
          scopes: principal.scopes as Permission[],
          permissions: permissionsOf(principal),
          ...(principal.keyId === undefined ? {} : { key_id: principal.keyId }),
          ...(principal.limits === undefined ? {} : { limits: principal.limits }),
        };
      },
    );
  };
}
