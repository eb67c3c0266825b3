import { MONTHS_AHEAD } from "@llamaagent/db";
import { collectBlobs } from "../blobs/collect-blobs.ts";
import { deleteInPieces } from "../delete-in-pieces.ts";
import type { RunsContext } from "../runs-context.ts";

/** Which rows nobody needs any more, by table. */
const OLD: Readonly<Record<string, string>> = {
  idempotency_keys: "created_at < now() - interval '25 hours'",
  webhook_deliveries: "sent_at < now() - interval '30 days'",
  schedule_firings: "fired_at < now() - interval '30 days'",
  workers: "alive_until < now() - interval '1 hour'",
};

/**
 * Hourly: partitions for the months to come; what nobody needs any more. One part that fails, each hour
 * again, must not hold the others: what failed is thrown once all were tried.
 */
export async function keepHouse({ db }: Pick<RunsContext, "db">): Promise<void> {
  const parts = [
    () => db.system((tx) => tx.query(`SELECT ensure_run_partitions($1)`, [MONTHS_AHEAD])),
    ...Object.entries(OLD).map(
      ([table, where]) =>
        () =>
          deleteInPieces((work) => db.system(work), { table, where }),
    ),
    () => collectBlobs(db),
  ];
  const errors: unknown[] = [];
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, "parts of the housekeeping failed");
}
