/** Runs a statement and gives its rows. */
type Query = (sql: string, values: unknown[]) => Promise<{ late: number }[]>;

/**
 * Of runs that were admitted in the order of their ids: the seconds by which one began later than the
 * first of those that stood behind it; the 99th percentile.
 */
export async function behindItsTurnP99(query: Query, runIds: Iterable<string>): Promise<number> {
  const [row] = await query(
    `SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - behind)::float8) AS late FROM (
       SELECT started_at, min(started_at) OVER (ORDER BY run_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS behind
       FROM runs WHERE run_id = ANY($1::uuid[])) AS ordered`,
    [[...runIds]],
  );
  return row?.late ?? Infinity;
}
