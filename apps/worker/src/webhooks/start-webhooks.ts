import { createGuardedFetch } from "@llamaagent/tools/guarded-fetch";
import { type FetchAllowance } from "@llamaagent/tools/manifest";
import type { RunsContext } from "@llamaagent/runs";
import type { TaskHandlers } from "../tasks/task-handler.ts";
import { webhookHandlers } from "./webhook-handlers.ts";

/** For a receiver's whole answer. */
const RECEIVER_MS = 10_000;

/** What a worker does for webhooks, until it is closed. */
export function startWebhooks(
  { db, clock, newId }: Pick<RunsContext, "db" | "clock" | "newId">,
  allowance: FetchAllowance,
): { handlers: TaskHandlers; close(): Promise<void> } {
  const fetch = createGuardedFetch({ allowance, timeoutMs: RECEIVER_MS });
  return { handlers: webhookHandlers({ db, clock, newId, fetch }), close: () => fetch.close() };
}
