import { z } from "zod";

/** What a receiver can be told of: a run's ends, and that it waits for a person. */
export const WebhookEventType = z.enum([
  "run.completed",
  "run.failed",
  "run.cancelled",
  "run.paused",
]);
export type WebhookEventType = z.infer<typeof WebhookEventType>;

/** As a run's row has it. */
export const Webhook = z.object({ url: z.string(), events: z.array(WebhookEventType) });
export type Webhook = z.infer<typeof Webhook>;

/** Kinds of tasks. */
export const WEBHOOK_TASK = "webhook";
/** The first one's payload: the receiver has been told of nothing. */
export const WEBHOOK_BEGIN = { after: "0-1" };
export const RESEND_TASK = "webhook_resend";
