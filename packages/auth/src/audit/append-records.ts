import type { Json } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import type { Action } from "./action.ts";
import type { AuditRecord } from "./audit-record.ts";

/** Its names are ASCII, its numbers whole: so hashes are over one text. What is undefined is left out. */
export type Detail = Readonly<Record<string, Json | undefined>>;

/** What is given of a record: its place, its time and its hashes are the database's. */
export interface NewRecord extends Pick<
  Partial<AuditRecord>,
  | "subject"
  | "authenticated_by"
  | "key_id"
  | "target_type"
  | "target_id"
  | "code"
  | "status"
  | "route"
  | "address"
  | "request_id"
> {
  /** Whose chain it goes to. */
  tenant_id: string;
  action: Action;
  outcome: AuditRecord["outcome"];
  count: number;
  /** Of several refusals the first and the last: so many milliseconds ago, for a replica's clock may be wrong. */
  first_ms_ago?: number;
  last_ms_ago?: number;
  detail: Detail;
}

const COLUMNS = `tenant_id, action, outcome, subject, authenticated_by, key_id, target_type, target_id, code, status,
  route, address, request_id, count, detail`;

const ago = (column: string): string => `clock_timestamp() - ${column} * interval '1 millisecond'`;

/** As a longer text is of no use to who reads it. */
const TEXT_MAX = 500;
/** What ends a line, moves a cursor or turns text around, and what Postgres refuses (U+0000, lone surrogates). */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const printable = (text: string): string => text.slice(0, TEXT_MAX).replace(UNPRINTABLE, "\ufffd");

/**
 * The last statement of its transaction: COMMIT goes with it, for whoever else appends to a chain waits for that.
 * Each record's chain is locked, in the order of tenants, so that two who append to several do not wait for each
 * other. A tenant appends to its own alone.
 */
export async function appendRecords(tx: Tx, records: readonly NewRecord[]): Promise<void> {
  const text = JSON.stringify(records, (_name, value: unknown) =>
    typeof value === "string" ? printable(value) : value,
  );
  await tx.query(
    `INSERT INTO audit_records (${COLUMNS}, first_at, last_at)
     SELECT ${COLUMNS}, ${ago("first_ms_ago")}, ${ago("last_ms_ago")}
     FROM jsonb_to_recordset($1::jsonb) AS given (tenant_id uuid, action text, outcome text, subject text,
       authenticated_by text, key_id uuid, target_type text, target_id text, code text, status integer, route text,
       address text, request_id text, count integer, detail jsonb, first_ms_ago float8, last_ms_ago float8)
     ORDER BY tenant_id, first_ms_ago DESC`,
    [text],
    { isLast: true },
  );
}
