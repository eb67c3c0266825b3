import type { Database } from "@llamaagent/db";
import type { Fence } from "../claim-run.ts";
import { type HintRow, hintColumns, toHint } from "../hints/hint-row.ts";
import { REQUEUED } from "../hints/requeued.ts";
import { TIME_LEFT } from "../journal/suspend-run.ts";
import type { RunsContext } from "../runs-context.ts";
import type { Capabilities } from "./capabilities.ts";

/** Whether a living worker has all that the jsonb names. */
const isOffered = (needs: string): string =>
  `EXISTS (SELECT FROM workers WHERE alive_until > now() AND capabilities @> ${needs})`;

/**
 * The owner, which wrote nothing of the run, queues it again for a worker that has what it needs (undefined:
 * whoever lives), and the run is as before the claim but for its epoch: its deadline stands still, and where
 * the claim was the first, it was never started. False where no such worker lives, where the run is to be
 * cancelled, and where it is the owner's no more.
 */
export async function leaveToOthers(
  { db, hints }: Pick<RunsContext, "db" | "hints">,
  fence: Fence,
  needs: Capabilities | undefined,
): Promise<boolean> {
  // A first claim sets started_at and updated_at to the same time.
  const rows = await db.system((tx) =>
    tx.query<HintRow>(
      `UPDATE runs SET ${REQUEUED}, started_at = nullif(started_at, updated_at),
         time_left_seconds = ${TIME_LEFT}, deadline_at = NULL,
         look_at = CASE WHEN started_at = updated_at THEN created_at ELSE now() END + interval '1 day'
       WHERE tenant_id = $1 AND run_id = $2 AND epoch = $3 AND owner = $4 AND cancel_requested_at IS NULL
         AND ($5::jsonb IS NULL OR ${isOffered("$5::jsonb")})
       RETURNING ${hintColumns}`,
      [fence.tenantId, fence.runId, fence.epoch, fence.owner, needs && JSON.stringify(needs)],
    ),
  );
  if (rows.length > 0) await hints.add(rows.map(toHint));
  return rows.length > 0;
}

/** For each, whether a living worker has all of it. */
export async function areOffered(db: Database, needs: readonly Capabilities[]): Promise<boolean[]> {
  const rows = await db.system((tx) =>
    tx.query<{ offered: boolean }>(
      `SELECT ${isOffered("given.needs")} AS offered
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given(needs, place) ORDER BY place`,
      [JSON.stringify(needs)],
    ),
  );
  return rows.map(({ offered }) => offered);
}
