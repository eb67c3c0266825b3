/** Runs a statement and gives its rows. */
type Query = (sql: string, values: unknown[]) => Promise<Start[]>;

export interface Start {
  runId: string;
  /** Unix milliseconds; Infinity where it did not begin. */
  startedAt: number;
  /** Seconds by which it began later than the first of those behind it; 0 or less where it did not. */
  late: number;
}

/** Of runs that were admitted in the order of their ids: when each began, and how far behind its turn. */
export async function startsBehindTurn(query: Query, runIds: Iterable<string>): Promise<Start[]> {
  // Where none behind it has begun, none went before it.
  return query(
    `SELECT run_id AS "runId", coalesce(extract(epoch FROM started_at)::float8 * 1000, 'Infinity') AS "startedAt",
       CASE WHEN behind IS NULL THEN 0 ELSE coalesce(extract(epoch FROM started_at - behind)::float8, 'Infinity') END AS late
     FROM (
       SELECT run_id, started_at, min(started_at) OVER (ORDER BY run_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS behind
       FROM runs WHERE run_id = ANY($1::uuid[])) AS ordered`,
    [[...runIds]],
  );
}

/**
 * Seconds between two starts, at most: where all of the queue is forgotten, nothing starts behind its turn.
 * 0 where fewer than two began.
 */
export function longestPause(starts: readonly Start[]): number {
  const times = starts
    .map(({ startedAt }) => startedAt)
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b);
  return Math.max(0, ...times.slice(1).map((at, n) => at - (times[n] ?? Infinity))) / 1000;
}
