import { StoreItem } from "@llamaagent/core";
import { deleteItem, findItem, listNamespaces, putItem, searchItems } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { refuseUnavailable } from "../../schemas/not-available.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import { refuseImpossibleLabels } from "./asked-namespace.ts";
import {
  StoreItemDelete,
  StoreItemList,
  StoreItemPut,
  StoreItemQuery,
  StoreNamespaceList,
  StoreNamespaceSearch,
  StoreSearch,
} from "./store.schemas.ts";

const tags = ["Store"];

export function storeRoutes(api: ApiDependencies): FastifyPluginAsyncZod {
  const { db } = api.context;
  return async (app) => {
    app.put(
      "/store/items",
      {
        config: { permission: "store:write" },
        schema: {
          tags,
          operationId: "put_item",
          summary: "Store an item, or another value in place of its",
          body: StoreItemPut,
          response: {
            204: z.undefined().describe("Stored"),
            ...problemResponses(...jsonBodyProblems),
          },
        },
      },
      async ({ body, principal }, reply) => {
        await db.tenant(principal.tenantId, (tx) => putItem(tx, body));
        return reply.status(204).send();
      },
    );

    app.get(
      "/store/items",
      {
        config: { permission: "store:read" },
        schema: {
          tags,
          operationId: "get_item",
          summary: "Read an item",
          querystring: StoreItemQuery,
          response: {
            200: jsonResponse("The item", StoreItem),
            ...problemResponses("not_found"),
          },
        },
      },
      async ({ query, principal }) => {
        refuseImpossibleLabels(query.namespace);
        return db.tenant(principal.tenantId, (tx) => findItem(tx, query));
      },
    );

    app.delete(
      "/store/items",
      {
        config: { permission: "store:write" },
        schema: {
          tags,
          operationId: "delete_item",
          summary: "Delete an item",
          body: StoreItemDelete,
          response: {
            204: z.undefined().describe("Deleted"),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async ({ body, principal }, reply) => {
        await db.tenant(principal.tenantId, (tx) => deleteItem(tx, body));
        return reply.status(204).send();
      },
    );

    app.post(
      "/store/items/search",
      {
        config: { permission: "store:read" },
        schema: {
          tags,
          operationId: "search_items",
          summary: "Search items by namespace and by fields of their values",
          body: StoreSearch,
          response: {
            200: jsonResponse("One page, by namespace and key", StoreItemList),
            ...problemResponses(...jsonBodyProblems, "not_available"),
          },
        },
      },
      async ({ body, principal }) => {
        refuseUnavailable({ "/query": body.query !== undefined });
        const { namespace_prefix: prefix, filter, limit, offset } = body;
        const search = { prefix: prefix ?? [], filter: filter ?? {}, limit, offset };
        return { items: await db.tenant(principal.tenantId, (tx) => searchItems(tx, search)) };
      },
    );

    app.post(
      "/store/namespaces",
      {
        config: { permission: "store:read" },
        schema: {
          tags,
          operationId: "list_namespaces",
          summary: "List the namespaces that hold items",
          body: StoreNamespaceSearch,
          response: {
            200: jsonResponse("One page, in the order of their bytes", StoreNamespaceList),
            ...problemResponses(...jsonBodyProblems),
          },
        },
      },
      async ({ body, principal }) => {
        const { prefix = [], suffix = [], max_depth: maxDepth, limit, offset } = body;
        const search = { prefix, suffix, maxDepth, limit, offset };
        return db.tenant(principal.tenantId, (tx) => listNamespaces(tx, search));
      },
    );
  };
}
