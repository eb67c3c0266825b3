import type { CallOptions } from "./call-options.ts";
import type { WebhookDeliveryList, WebhookKey, WebhookKeyList } from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

export interface DeliveriesOptions extends CallOptions {
  runId?: string | undefined;
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

export interface WebhooksClient {
  /** Attempts to tell receivers of runs' events, newest first. */
  deliveries(options?: DeliveriesOptions): Promise<WebhookDeliveryList>;
  /** Sends an event once more, under the same webhook-id. */
  resend(deliveryId: string, options?: CallOptions): Promise<void>;
  /** All keys that sign now, the newest first. */
  keys(options?: CallOptions): Promise<WebhookKeyList>;
  /** Signs with a new key; for another day the old one signs beside it. */
  rotateKeys(options?: CallOptions): Promise<WebhookKey>;
}

export function webhooksClient(runtime: Runtime): WebhooksClient {
  return {
    deliveries: ({ signal, runId, ...page } = {}) =>
      sendRepeatable(runtime, {
        method: "GET",
        path: `/webhooks/deliveries${query({ run_id: runId, ...page })}`,
        signal,
      }),
    resend: (deliveryId, { signal } = {}) =>
      sendForJson(runtime, {
        method: "POST",
        path: `/webhooks/deliveries/${encodeURIComponent(deliveryId)}/resend`,
        signal,
      }),
    keys: ({ signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: "/webhooks/keys", signal }),
    rotateKeys: ({ signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: "/webhooks/keys", signal }),
  };
}
