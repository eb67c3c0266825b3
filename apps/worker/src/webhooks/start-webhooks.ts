import { createGuardedFetch } from "@llamaagent/tools/guarded-fetch";
import { type FetchAllowance } from "@llamaagent/tools/manifest";
import type { TaskHandlers } from "../tasks/task-handler.ts";
import { webhookHandlers, type WebhookParts } from "./webhook-handlers.ts";

/** For a receiver's whole answer. */
const RECEIVER_MS = 10_000;

/** What a worker does for webhooks, until it is closed. */
export function startWebhooks(
  { db, clock, newId, envelope }: Omit<WebhookParts, "fetch">,
  allowance: FetchAllowance,
): { handlers: TaskHandlers; close(): Promise<void> } {
  const fetch = createGuardedFetch({ allowance, timeoutMs: RECEIVER_MS });
  const handlers = webhookHandlers({ db, clock, newId, envelope, fetch });
  return { handlers, close: () => fetch.close() };
}
