import { listRecords, PLATFORM_CHAIN } from "@llamaagent/auth";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { notStored } from "../../schemas/not-stored.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { problemResponses } from "../../schemas/problem-responses.ts";
import { AuditQuery, AuditRecordList } from "./audit.schemas.ts";

const tags = ["Audit"];
const response = () => ({
  200: jsonResponse("One page of records", AuditRecordList),
  ...problemResponses(),
});

export function auditRoutes({ context: { db } }: ApiDependencies): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/audit",
      {
        config: { permission: "audit:read" },
        schema: {
          tags,
          operationId: "list_audit_records",
          summary: "List what was done to the tenant's agents, keys …, and who was refused",
          querystring: AuditQuery,
          response: response(),
        },
      },
      async ({ query, principal }, reply) => {
        notStored(reply);
        return page(principal.tenantId, query);
      },
    );

    app.get(
      "/platform/audit",
      {
        config: { permission: "platform_audit:read" },
        schema: {
          tags,
          operationId: "list_platform_audit_records",
          summary: "List what was done to tenants, and the refused of whom no tenant is known",
          querystring: AuditQuery,
          response: response(),
        },
      },
      async ({ query }, reply) => {
        notStored(reply);
        return page(PLATFORM_CHAIN, query);
      },
    );
  };

  async function page(tenantId: string, { limit, cursor, since, until, ...filter }: AuditQuery) {
    const found = await db.tenant(tenantId, (tx) =>
      listRecords(tx, {
        ...filter,
        since: since === undefined ? undefined : new Date(since),
        until: until === undefined ? undefined : new Date(until),
        behind: cursor === undefined ? undefined : Number(cursor),
        limit: limit + 1,
      }),
    );
    return pageOf(found, limit, ({ seq }) => String(seq));
  }
}
