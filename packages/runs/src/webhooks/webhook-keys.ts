import { randomBytes } from "node:crypto";
import { AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";

export interface WebhookKey {
  key_id: string;
  /** As Standard Webhooks writes one: `whsec_` and base64. */
  secret: string;
  created_at: string;
  expires_at?: string;
}

interface KeyRow {
  key_id: string;
  secret: string;
  created_at: Date;
  expires_at: Date | null;
}

/** While both sign, a receiver changes over. */
const OVERLAP = "24 hours";

interface NewKey {
  keyId: string;
  secret: string;
}

export const newWebhookKey = (newId: () => string): NewKey => ({
  keyId: newId(),
  secret: `whsec_${randomBytes(32).toString("base64")}`,
});

/** The keys that sign now, the newest first; the first one is made here. */
export async function currentKeys(tx: TenantTx, newKey: () => NewKey): Promise<WebhookKey[]> {
  const there = await readKeys(tx);
  if (there.some(({ expires_at: expiresAt }) => expiresAt === null)) return there.map(toKey);
  await insertKey(tx, newKey());
  return (await readKeys(tx)).map(toKey);
}

/**
 * A new key. The one before it signs for another day, those before that no more: there are never more than
 * two, and two rotations in a row end one that has leaked.
 */
export async function rotateKeys(tx: TenantTx, key: NewKey): Promise<WebhookKey> {
  // In one order, before anything else: rotations at one instant come one after the other.
  await tx.query(`SELECT 1 FROM webhook_keys WHERE tenant_id = $1 ORDER BY key_id FOR UPDATE`, [
    tx.tenantId,
  ]);
  await tx.query(
    `UPDATE webhook_keys SET expires_at = now() + interval '${OVERLAP}' WHERE tenant_id = $1 AND expires_at IS NULL`,
    [tx.tenantId],
  );
  await insertKey(tx, key);
  // Last, when rotations at the same instant are waited for and seen.
  await tx.query(
    `DELETE FROM webhook_keys WHERE tenant_id = $1 AND expires_at IS NOT NULL AND key_id <> (
       SELECT key_id FROM webhook_keys WHERE tenant_id = $1 AND expires_at IS NOT NULL
       ORDER BY expires_at DESC, created_at DESC LIMIT 1)`,
    [tx.tenantId],
  );
  const [newest] = await readKeys(tx);
  if (newest === undefined) throw new AppError("internal");
  return toKey(newest);
}

/** Nothing where somebody else made one at the same time: that one is as good. */
async function insertKey(tx: TenantTx, { keyId, secret }: NewKey): Promise<void> {
  await tx.query(
    `INSERT INTO webhook_keys (tenant_id, key_id, secret) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [tx.tenantId, keyId, secret],
  );
}

const readKeys = (tx: TenantTx): Promise<KeyRow[]> =>
  tx.query(
    `SELECT key_id, secret, created_at, expires_at FROM webhook_keys
     WHERE tenant_id = $1 AND (expires_at IS NULL OR expires_at > now()) ORDER BY created_at DESC, key_id`,
    [tx.tenantId],
  );

const toKey = (row: KeyRow): WebhookKey => ({
  key_id: row.key_id,
  secret: row.secret,
  created_at: row.created_at.toISOString(),
  ...(row.expires_at === null ? {} : { expires_at: row.expires_at.toISOString() }),
});
