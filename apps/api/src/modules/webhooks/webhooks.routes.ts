import { currentKeys, listDeliveries, resendDelivery, rotateKeys } from "@llamaagent/runs";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { acted } from "../../acted.ts";
import type { ApiDependencies } from "../../api-dependencies.ts";
import { jsonResponse } from "../../schemas/json-response.ts";
import { notStored } from "../../schemas/not-stored.ts";
import { pageOf } from "../../schemas/page-of.ts";
import { jsonBodyProblems, problemResponses } from "../../schemas/problem-responses.ts";
import {
  DeliveriesQuery,
  DeliveryParams,
  WebhookDeliveryList,
  WebhookKey,
  WebhookKeyList,
} from "./webhooks.schemas.ts";

const tags = ["Webhooks"];

/** Of a server without a master key, or without the one that a secret was stored with. */
const sealingProblems = ["not_available", "unreadable"] as const;

export function webhookRoutes({ context, envelope }: ApiDependencies): FastifyPluginAsyncZod {
  const { db, newId } = context;
  const parts = { envelope, newId };
  return async (app) => {
    app.get(
      "/webhooks/deliveries",
      {
        config: { permission: "webhooks:read" },
        schema: {
          tags,
          operationId: "list_webhook_deliveries",
          summary:
            "List attempts to tell receivers of runs' events, newest first; kept for 30 days",
          querystring: DeliveriesQuery,
          response: {
            200: jsonResponse("One page of attempts", WebhookDeliveryList),
            ...problemResponses(),
          },
        },
      },
      async ({ query: { run_id: runId, limit, cursor }, principal }) => {
        const page = { runId, before: cursor, limit: limit + 1 };
        const found = await db.tenant(principal.tenantId, (tx) => listDeliveries(tx, page));
        return pageOf(found, limit, ({ delivery_id: id }) => id);
      },
    );

    app.post(
      "/webhooks/deliveries/:delivery_id/resend",
      {
        config: { permission: "webhooks:write", act: "webhooks.resend" },
        schema: {
          tags,
          operationId: "resend_webhook_delivery",
          summary: "Send an event once more, under the same webhook-id",
          params: DeliveryParams,
          body: z.strictObject({}).optional(),
          response: {
            204: z.undefined().describe("A worker sends it, and tries for a day"),
            ...problemResponses(...jsonBodyProblems, "not_found"),
          },
        },
      },
      async (request, reply) => {
        const id = request.params.delivery_id;
        await acted(db, request, {
          work: (tx) => resendDelivery(tx, id, newId()),
          about: () => ({ target: { type: "webhook_delivery", id } }),
        });
        return reply.status(204).send();
      },
    );

    app.get(
      "/webhooks/keys",
      {
        config: { permission: "webhooks:write", act: "webhooks.read_keys" },
        schema: {
          tags,
          operationId: "list_webhook_keys",
          summary: "Read the keys that deliveries are signed with",
          response: {
            200: jsonResponse("All that sign now, the newest first", WebhookKeyList),
            ...problemResponses(...sealingProblems),
          },
        },
      },
      async (request, reply) => {
        notStored(reply);
        return { items: await acted(db, request, { work: (tx) => currentKeys(tx, parts) }) };
      },
    );

    app.post(
      "/webhooks/keys",
      {
        config: { permission: "webhooks:write", act: "webhooks.rotate_keys" },
        schema: {
          tags,
          operationId: "rotate_webhook_keys",
          summary:
            "Sign with a new key; for another day the one before signs beside it, older ones end",
          body: z.strictObject({}).optional(),
          response: {
            200: jsonResponse("The new key", WebhookKey),
            ...problemResponses(...jsonBodyProblems, ...sealingProblems),
          },
        },
      },
      async (request, reply) => {
        notStored(reply);
        return acted(db, request, {
          work: (tx) => rotateKeys(tx, parts),
          about: ({ key_id: id }) => ({ target: { type: "webhook_key", id } }),
        });
      },
    );
  };
}
