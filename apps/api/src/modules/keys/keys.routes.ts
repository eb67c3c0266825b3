import { ApiKey, createKey, findKey, listKeys, revokeKey, rotateKey } from "@llamaagent/auth";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { notStored } from "../../schemas/not-stored.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import {
  ApiKeyCreate,
  ApiKeyList,
  ApiKeyRotate,
  CreatedApiKey,
  KeyParams,
  KeysQuery,
  newKey,
} from "./keys.schemas.ts";

const tags = ["Keys"];

export function keyRoutes({ context }: ApiDependencies): FastifyPluginAsyncZod {
  const { db, newId } = context;
  return async (app) => {
    app.get(
      "/keys",
      {
        config: { permission: "keys:read" },
        schema: {
          tags,
          operationId: "list_keys",
          summary: "List API keys, newest first, with those that have ended",
          querystring: KeysQuery,
          response: { 200: jsonResponse("One page of keys", ApiKeyList), ...problemResponses() },
        },
      },
      async ({ query: { limit, cursor }, principal }, reply) => {
        notStored(reply);
        const page = { before: cursor, limit: limit + 1 };
        const found = await db.tenant(principal.tenantId, (tx) => listKeys(tx, page));
        return pageOf(found, limit, ({ key_id: id }) => id);
      },
    );

    app.post(
      "/keys",
      {
        config: { permission: "keys:write" },
        schema: {
          tags,
          operationId: "create_key",
          summary: "Create an API key, which may do no more than its creator",
          body: ApiKeyCreate,
          response: {
            201: jsonResponse("The key, this once with its secret", CreatedApiKey),
            ...problemResponses(...jsonBodyProblems),
          },
        },
      },
      async ({ body, principal }, reply) => {
        const key = newKey(newId(), body);
        const created = await db.tenant(principal.tenantId, (tx) => createKey(tx, principal, key));
        return notStored(reply).status(201).send(created);
      },
    );

    app.get(
      "/keys/:key_id",
      {
        config: { permission: "keys:read" },
        schema: {
          tags,
          operationId: "get_key",
          summary: "Read an API key, without its secret",
          params: KeyParams,
          response: { 200: jsonResponse("The key", ApiKey), ...problemResponses("not_found") },
        },
      },
      async ({ params, principal }, reply) => {
        notStored(reply);
        return db.tenant(principal.tenantId, (tx) => findKey(tx, params.key_id));
      },
    );

    app.post(
      "/keys/:key_id/rotate",
      {
        config: { permission: "keys:write" },
        schema: {
          tags,
          operationId: "rotate_key",
          summary: "Create a key in the place of another, which ends a while later",
          params: KeyParams,
          body: ApiKeyRotate.default(ApiKeyRotate.parse({})),
          response: {
            201: jsonResponse("The new key, this once with its secret", CreatedApiKey),
            ...problemResponses(...jsonBodyProblems, "not_found", "conflict"),
          },
        },
      },
      async ({ params, body, principal }, reply) => {
        const rotation = { keyId: params.key_id, newKeyId: newId() };
        const overlapSeconds = body.overlap_seconds;
        const created = await db.tenant(principal.tenantId, (tx) =>
          rotateKey(tx, principal, { ...rotation, overlapSeconds }),
        );
        return notStored(reply).status(201).send(created);
      },
    );

    app.delete(
      "/keys/:key_id",
      {
        config: { permission: "keys:write" },
        schema: {
          tags,
          operationId: "revoke_key",
          summary: "Revoke an API key: within 5 s no replica takes it, and its streams end",
          params: KeyParams,
          response: {
            204: z.undefined().describe("Revoked, now or before"),
            ...problemResponses("not_found", ...jsonBodyProblems),
          },
        },
      },
      async ({ params, principal }, reply) => {
        await db.tenant(principal.tenantId, (tx) => revokeKey(tx, params.key_id));
        return reply.status(204).send();
      },
    );
  };
}
