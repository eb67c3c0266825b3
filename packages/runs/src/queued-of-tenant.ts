/**
 * SQL: how many queued runs of a tenant a new one stands behind, counted to 1,000. Its rank, one more, is fair
 * between tenants: who has many queued runs stands further back.
 */
export const queuedOfTenant = (tenant: string): string =>
  `(SELECT count(*)::int FROM (
     SELECT FROM runs AS ahead WHERE ahead.tenant_id = ${tenant} AND ahead.state = 'queued' AND NOT ahead.blocked
     LIMIT 1000) AS queued)`;

/** The rank of the last that are counted. */
export const RANK_MAX = 1001;
