/**
 * Of the runs $1 (uuid[]), admitted in the order of their ids: `late`, the seconds by which a run
 * began later than the first of those that stood behind it: the 99th percentile.
 */
export const BEHIND_ITS_TURN_P99 = `
  SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - behind)::float8) AS late FROM (
    SELECT started_at, min(started_at) OVER (ORDER BY run_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS behind
    FROM runs WHERE run_id = ANY($1::uuid[])) AS ordered`;
