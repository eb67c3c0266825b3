import type { Database } from "@llamaagent/db";

/** The runs that a worker owns, each with its epoch. */
export async function ownedRuns(
  db: Database,
  workerId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.system((tx) =>
    tx.query<{ run_id: string; epoch: number }>(
      `SELECT run_id, epoch FROM runs WHERE owner = $1 AND state = 'running'`,
      [workerId],
    ),
  );
  return new Map(rows.map(({ run_id: runId, epoch }) => [runId, epoch]));
}
