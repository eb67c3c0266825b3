/**
 * Of the runs $1 (uuid[]), admitted in the order of their ids: `late`, the seconds by which the latest run
 * began later than the first of those that stood behind it.
 */
export const MOST_BEHIND_ITS_TURN = `
  SELECT max(extract(epoch FROM started_at - behind))::float8 AS late FROM (
    SELECT started_at, min(started_at) OVER (ORDER BY run_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS behind
    FROM runs WHERE run_id = ANY($1::uuid[])) AS ordered`;
