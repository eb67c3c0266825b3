import type { Tx } from "@llamaagent/db";

/** A schedule that fires each second logs 2.6 million rows in 30 days: more than one statement has time for. */
const ROWS_MAX = 10_000;

/**
 * Deletes rows of a table, piece by piece, each in a transaction of its own. What somebody else has locked
 * is left for another time: an old key may just be taken anew, and found by its place it would go all the same.
 */
export async function deleteInPieces(
  transact: (work: (tx: Tx) => Promise<number>) => Promise<number>,
  { table, where, values = [] }: { table: string; where: string; values?: readonly unknown[] },
): Promise<void> {
  const statement = `WITH gone AS (
      DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ${table} WHERE ${where} LIMIT ${ROWS_MAX} FOR UPDATE SKIP LOCKED))
      RETURNING 1)
    SELECT count(*)::int AS deleted FROM gone`;
  for (;;) {
    const deleted = await transact(async (tx) => {
      const [piece] = await tx.query<{ deleted: number }>(statement, values);
      return piece?.deleted ?? 0;
    });
    if (deleted < ROWS_MAX) return;
  }
}
