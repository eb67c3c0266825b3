import { AppError } from "@llamaagent/core";
import { tenantLimit } from "./tenant-limit.ts";

/**
 * SQL: how many more runs a tenant may have, counted when it is asked. Admissions of other replicas at the very
 * same moment do not see each other: they may be as many more.
 */
export const roomForRuns = (tenant: string): string =>
  `(SELECT most - (SELECT count(*) FROM (
     SELECT FROM runs AS open WHERE open.tenant_id = ${tenant} AND open.state <> 'ended' LIMIT most) AS counted)
   FROM (SELECT ${tenantLimit("open_runs", tenant)} AS most) AS of_tenant)`;

const RETRY_AFTER_SECONDS = 5;

export const noRoom = (): AppError =>
  new AppError("rate_limited", {
    detail: "The tenant has as many runs that have not ended as it may have",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
