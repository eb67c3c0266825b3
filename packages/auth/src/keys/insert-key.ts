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
  createdBy: string;
  /** From now, on the database's clock; absent: it does not end by itself. */
  expiresInSeconds?: number | undefined;
}

/** Stores a key with a new secret. */
export async function insertKey(tx: Tx, tenantId: string, key: NewKey): Promise<CreatedApiKey> {
  const { text, secretHash } = newKeyText(key.keyId);
  const rows = await tx.query<KeyRow>(
    `INSERT INTO api_keys (tenant_id, key_id, name, subject, secret_sha256, roles, scopes, created_by, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6::text[], $7::text[], $8, now() + make_interval(secs => $9::float8))
     RETURNING ${KEY_COLUMNS}`,
    [
      tenantId,
      key.keyId,
      key.name,
      key.subject,
      secretHash,
      key.roles,
      key.scopes,
      key.createdBy,
      key.expiresInSeconds ?? null,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("a row that is inserted is returned");
  return { ...toApiKey(row), key: text };
}
