import {
  type Act,
  ApiKey,
  createKey,
  findKey,
  listKeys,
  revokeKey,
  rotateKey,
} from "@llamaagent/auth";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { acted } from "../../acted.ts";
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
        config: { permission: "keys:write", act: "keys.create" },
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
      async (request, reply) => {
        const key = newKey(newId(), request.body);
        const created = await acted(db, request, {
          work: (tx) => createKey(tx, request.principal, key),
          about: ({ key_id: id, name, subject, roles, scopes }) =>
            aboutKey(id, { name, subject, roles, scopes }),
        });
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
        config: { permission: "keys:write", act: "keys.rotate" },
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
      async (request, reply) => {
        const keyId = request.params.key_id;
        const overlapSeconds = request.body.overlap_seconds;
        const rotation = { keyId, newKeyId: newId(), overlapSeconds };
        const created = await acted(db, request, {
          work: (tx) => rotateKey(tx, request.principal, rotation),
          about: ({ key_id: successor }) =>
            aboutKey(keyId, { successor, overlap_seconds: overlapSeconds }),
        });
        return notStored(reply).status(201).send(created);
      },
    );

    app.delete(
      "/keys/:key_id",
      {
        config: { permission: "keys:write", act: "keys.revoke" },
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
      async (request, reply) => {
        const id = request.params.key_id;
        await acted(db, request, {
          work: (tx) => revokeKey(tx, id),
          about: () => aboutKey(id),
        });
        return reply.status(204).send();
      },
    );
  };
}

const aboutKey = (id: string, detail: Act["detail"] = {}): Omit<Act, "action"> => ({
  target: { type: "key", id },
  detail,
});
