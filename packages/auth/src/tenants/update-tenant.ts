import { AppError, DEFAULT_TENANT_ID, type Principal, TenantLimits } from "@llamaagent/core";
import { z } from "zod";
import { type Database, sqlState } from "@llamaagent/db";
import {
  nameTaken,
  TENANT_COLUMNS,
  type Tenant,
  tenantNotFound,
  type TenantRow,
  toTenant,
} from "./tenant.ts";

/** Only what is given; null is as for all others. */
export const ChangedLimits = z
  .strictObject({
    open_runs: TenantLimits.shape.open_runs.nullish(),
    open_streams: TenantLimits.shape.open_streams.nullish(),
    agents: TenantLimits.shape.agents.nullish(),
    file_bytes: TenantLimits.shape.file_bytes.nullish(),
    body_bytes: TenantLimits.shape.body_bytes.nullish(),
  } satisfies Record<keyof TenantLimits, unknown>)
  .meta({ id: "ChangedLimits", examples: [{ open_runs: 500, agents: null }] });

export interface TenantChanges {
  name?: string | undefined;
  suspended?: boolean | undefined;
  limits?: z.infer<typeof ChangedLimits> | undefined;
}

const UNIQUE_VIOLATION = "23505";

/**
 * Errors: `not_found`, `conflict` where the name is taken, or the tenant that would be suspended is the
 * caller's own or the default one: nobody could take that back.
 */
export async function updateTenant(
  db: Database,
  by: Principal,
  tenantId: string,
  { name, suspended, limits = {} }: TenantChanges,
): Promise<Tenant> {
  if (suspended && (tenantId === by.tenantId || tenantId === DEFAULT_TENANT_ID))
    throw new AppError("conflict", {
      detail: "Nobody suspends their own tenant, or the one whose keys look after the others",
    });
  const updating = db.system((tx) =>
    tx.query<TenantRow>(
      `UPDATE tenants SET name = coalesce($2, name),
         suspended_at = CASE $3::boolean WHEN true THEN coalesce(suspended_at, now()) WHEN false THEN NULL ELSE suspended_at END,
         limits = jsonb_strip_nulls(limits || $4::jsonb)
       WHERE tenant_id = $1 RETURNING ${TENANT_COLUMNS}`,
      [tenantId, name ?? null, suspended ?? null, JSON.stringify(limits)],
    ),
  );
  const [row] = await updating.catch((error: unknown) => {
    throw sqlState(error) === UNIQUE_VIOLATION ? nameTaken(name ?? "") : error;
  });
  if (row === undefined) throw tenantNotFound();
  return toTenant(row);
}
