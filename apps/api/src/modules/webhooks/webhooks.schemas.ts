import { GivenId } from "@llamaagent/core";
import { z } from "zod";

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
  .meta({ id: "WebhookDelivery" });

export const DeliveriesQuery = z.strictObject({
  run_id: GivenId.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: GivenId.optional().describe("`next_cursor` of the page before"),
});

export const WebhookDeliveryList = z
  .object({ items: z.array(WebhookDelivery), next_cursor: z.string().optional() })
  .meta({ id: "WebhookDeliveryList" });

export const DeliveryParams = z.strictObject({ delivery_id: GivenId });

export const WebhookKey = z
  .object({
    key_id: z.uuid(),
    secret: z.string().describe("`whsec_` and base64, as Standard Webhooks' libraries take it"),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().optional().describe("Of one that another took the place of"),
  })
  .meta({ id: "WebhookKey" });

export const WebhookKeyList = z
  .object({ items: z.array(WebhookKey) })
  .meta({ id: "WebhookKeyList" });
