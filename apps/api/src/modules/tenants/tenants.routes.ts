import {
  createTenant,
  createTenantKey,
  findTenant,
  listTenants,
  Tenant,
  updateTenant,
} from "@llamaagent/auth";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { actorOf } from "../../acted.ts";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { notStored } from "../../schemas/not-stored.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { ApiKeyCreate, CreatedApiKey, newKey } from "../keys/keys.schemas.ts";
import {
  CreatedTenant,
  TenantCreate,
  TenantList,
  TenantParams,
  TenantsQuery,
  TenantUpdate,
} from "./tenants.schemas.ts";

const tags = ["Tenants"];

export function tenantRoutes({ context, furnishTenant }: ApiDependencies): FastifyPluginAsyncZod {
  const { db, newId } = context;
  return async (app) => {
    app.get(
      "/tenants",
      {
        config: { permission: "tenants:read" },
        schema: {
          tags,
          operationId: "list_tenants",
          summary: "List tenants, newest first",
          querystring: TenantsQuery,
          response: { 200: jsonResponse("One page of tenants", TenantList), ...problemResponses() },
        },
      },
      async ({ query: { limit, cursor } }, reply) => {
        notStored(reply);
        const found = await listTenants(db, { before: cursor, limit: limit + 1 });
        return pageOf(found, limit, ({ tenant_id: id }) => id);
      },
    );

    app.post(
      "/tenants",
      {
        config: { permission: "tenants:write", act: "tenants.create" },
        schema: {
          tags,
          operationId: "create_tenant",
          summary: "Create a tenant, with its first key and the agent `default`",
          body: TenantCreate,
          response: {
            201: jsonResponse("The tenant, this once with its key", CreatedTenant),
            ...problemResponses(...jsonBodyProblems, "conflict"),
          },
        },
      },
      async (request, reply) => {
        const { name } = request.body;
        const tenant = { name, tenantId: newId(), keyId: newId(), furnish: furnishTenant };
        const created = await createTenant(db, actorOf(request), tenant);
        return notStored(reply).status(201).send(created);
      },
    );

    app.get(
      "/tenants/:tenant_id",
      {
        config: { permission: "tenants:read" },
        schema: {
          tags,
          operationId: "get_tenant",
          summary: "Read a tenant",
          params: TenantParams,
          response: { 200: jsonResponse("The tenant", Tenant), ...problemResponses("not_found") },
        },
      },
      async ({ params }, reply) => {
        notStored(reply);
        return findTenant(db, params.tenant_id);
      },
    );

    app.patch(
      "/tenants/:tenant_id",
      {
        config: { permission: "tenants:write", act: "tenants.update" },
        schema: {
          tags,
          operationId: "update_tenant",
          summary: "Rename a tenant, limit it, suspend it or take that back",
          params: TenantParams,
          body: TenantUpdate,
          response: {
            200: jsonResponse("The tenant as it is now", Tenant),
            ...problemResponses(...jsonBodyProblems, "not_found", "conflict"),
          },
        },
      },
      async (request, reply) => {
        notStored(reply);
        return updateTenant(db, actorOf(request), request.params.tenant_id, request.body);
      },
    );

    app.post(
      "/tenants/:tenant_id/keys",
      {
        config: { permission: "tenants:write", act: "tenants.create_key" },
        schema: {
          tags,
          operationId: "create_tenant_key",
          summary: "Create an API key of a tenant, as where its last admin key was lost",
          params: TenantParams,
          body: ApiKeyCreate,
          response: {
            201: jsonResponse("The key, this once with its secret", CreatedApiKey),
            ...problemResponses(...jsonBodyProblems, "not_found", "conflict"),
          },
        },
      },
      async (request, reply) => {
        const key = { ...newKey(newId(), request.body), tenantId: request.params.tenant_id };
        const created = await createTenantKey(db, actorOf(request), key);
        return notStored(reply).status(201).send(created);
      },
    );
  };
}
