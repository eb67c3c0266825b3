import type { Role } from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import type { Permission } from "../permissions.ts";
import { type CreatedApiKey, KEY_COLUMNS, type KeyRow, toApiKey } from "./api-key.ts";
import { newKeyText } from "./key-text.ts";

export interface NewKey {
  keyId: string;
  name: string;
  subject: string;
  roles: readonly Role[];
  scopes: readonly Permission[];
  /** From now, on the database's clock; absent: it does not end by itself. */
  expiresInSeconds?: number | undefined;
}

/** Where a key comes from. */
export interface KeyOrigin {
  createdBy: string;
  createdByKey?: string | undefined;
  replaces?: string | undefined;
  /** It ends with that key at the latest. */
  notAfter?: Date | null | undefined;
}

/** Stores a key with a new secret. */
export async function insertKey(
  tx: Tx,
  tenantId: string,
  { createdBy, createdByKey, replaces, notAfter = null, ...key }: NewKey & KeyOrigin,
): Promise<CreatedApiKey> {
  const { text, secretHash } = newKeyText(key.keyId);
  const rows = await tx.query<KeyRow>(
    // least() leaves out what is null: a key that does not end by itself.
    `INSERT INTO api_keys (tenant_id, key_id, name, subject, secret_sha256, roles, scopes, created_by, created_by_key,
       replaces, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6::text[], $7::text[], $8, $9, $10,
       least(now() + make_interval(secs => $11::float8), $12::timestamptz))
     RETURNING ${KEY_COLUMNS}`,
    [
      tenantId,
      key.keyId,
      key.name,
      key.subject,
      secretHash,
      key.roles,
      key.scopes,
      createdBy,
      createdByKey ?? null,
      replaces ?? null,
      key.expiresInSeconds ?? null,
      notAfter,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("a row that is inserted is returned");
  return { ...toApiKey(row), key: text };
}
