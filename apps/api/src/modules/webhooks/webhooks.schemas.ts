import { GivenId, Run } from "@llamaagent/core";
import { z } from "zod";
import { exampleOf } from "../../schemas/example-of.ts";
import { IdCursor, PageLimit } from "../../schemas/page-query.ts";

const WebhookDelivery = z
  .object({
    delivery_id: z.uuid(),
    run_id: z.uuid(),
    event_id: z.string(),
    event_type: z.string(),
    url: z.string(),
    attempt: z.number().int().min(1),
    status_code: z.number().int().optional().describe("Left out where there was no answer"),
    error: z.string().optional().describe("Left out where the receiver took it"),
    duration_ms: z.number().int().min(0),
    sent_at: z.iso.datetime(),
  })
  .meta({
    id: "WebhookDelivery",
    examples: [
      {
        delivery_id: "0199a6f0-0000-7000-8000-000000000007",
        run_id: exampleOf(Run).run_id,
        event_id: "1-9",
        event_type: "run.completed",
        url: "https://example.com/hooks/runs",
        attempt: 1,
        status_code: 204,
        duration_ms: 84,
        sent_at: "2025-10-03T16:38:12.500Z",
      },
    ],
  });

export const DeliveriesQuery = z.strictObject({
  run_id: GivenId.optional(),
  limit: PageLimit,
  cursor: IdCursor,
});

export const WebhookDeliveryList = z
  .object({ items: z.array(WebhookDelivery), next_cursor: z.string().optional() })
  .meta({ id: "WebhookDeliveryList", examples: [{ items: [exampleOf(WebhookDelivery)] }] });

export const DeliveryParams = z.strictObject({
  delivery_id: GivenId.meta({ examples: [exampleOf(WebhookDelivery).delivery_id] }),
});

export const WebhookKey = z
  .object({
    key_id: z.uuid(),
    secret: z.string().describe("`whsec_` and base64, as Standard Webhooks' libraries take it"),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().optional().describe("Of one that another took the place of"),
  })
  .meta({
    id: "WebhookKey",
    examples: [
      {
        key_id: "0199a6f0-0000-7000-8000-000000000008",
        // Base64 of "example only, not a real secret."
        secret: "whsec_ZXhhbXBsZSBvbmx5LCBub3QgYSByZWFsIHNlY3JldC4=",
        created_at: "2025-10-03T16:38:00.000Z",
      },
    ],
  });

export const WebhookKeyList = z
  .object({ items: z.array(WebhookKey) })
  .meta({ id: "WebhookKeyList", examples: [{ items: [exampleOf(WebhookKey)] }] });
