import type { Run } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import type { AdmitRun } from "./new-run.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";

/** A client that waited longer than this for an answer means a new run. */
export const REPEATED_WITHIN = "2 minutes";
/** Ids hold the time by the clock of whoever made them. */
const CLOCKS_APART = "1 minute";

/**
 * The newest run that the same request of the same subject made, and nobody asked to cancel (one that another
 * request displaced is the same run still); of several of the same, that come together, the next one has the
 * next. Repeats of one request come one after the other: until the commit the next of them waits. The first
 * one is not among those that are waited for: a repeat that overtakes its commit makes a second run; who must
 * not have that sends a key.
 */
export async function findRepeated(
  tx: TenantTx,
  subject: string,
  { bodyHash = "", sameBefore = 0 }: Pick<AdmitRun, "bodyHash" | "sameBefore">,
): Promise<Run | undefined> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    JSON.stringify([tx.tenantId, subject, bodyHash]),
  ]);
  const [row] = await tx.query<RunRow>(
    `SELECT ${runColumns} FROM runs
     WHERE tenant_id = $1 AND run_id >= uuid_at(now() - interval '${REPEATED_WITHIN}' - interval '${CLOCKS_APART}')
       AND created_at > now() - interval '${REPEATED_WITHIN}' AND subject = $2 AND body_hash = $3
       AND cancel_requested_at IS NULL
     ORDER BY run_id DESC LIMIT 1 OFFSET $4`,
    [tx.tenantId, subject, bodyHash, sameBefore],
  );
  return row && toRun(row);
}
