import type { TenantTx } from "@llamaagent/db";
import type { Action } from "./action.ts";
import { AUDIT_COLUMNS, type AuditRecord, type AuditRow, toAuditRecord } from "./audit-record.ts";

export interface RecordsQuery {
  action?: Action | undefined;
  subject?: string | undefined;
  outcome?: AuditRecord["outcome"] | undefined;
  since?: Date | undefined;
  /** Not at it. */
  until?: Date | undefined;
  /** `desc`: the newest first. */
  order: "asc" | "desc";
  /** The last of the page before. */
  behind?: number | undefined;
  limit: number;
}

/** Of the transaction's own chain; that of the platform where its tenant is `PLATFORM_CHAIN`. */
export async function listRecords(tx: TenantTx, query: RecordsQuery): Promise<AuditRecord[]> {
  const { action, subject, outcome, since, until, order, behind, limit } = query;
  const values: unknown[] = [tx.tenantId];
  const sql = ["tenant_id = $1"];
  const where = (condition: string, value: unknown): void => {
    if (value !== undefined) sql.push(`${condition} $${values.push(value)}`);
  };
  where("action =", action);
  where("subject =", subject);
  where("outcome =", outcome);
  where("at >=", since);
  where("at <", until);
  where(order === "asc" ? "seq >" : "seq <", behind);
  const rows = await tx.query<AuditRow>(
    `SELECT ${AUDIT_COLUMNS} FROM audit_records WHERE ${sql.join(" AND ")}
     ORDER BY seq ${order === "asc" ? "ASC" : "DESC"} LIMIT $${values.push(limit)}`,
    values,
  );
  return rows.map(toAuditRecord);
}
