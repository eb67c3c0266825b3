import { randomBytes } from "node:crypto";
import { AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { type Envelope, isSealed, type ValueContext } from "@llamaagent/protection";

export interface WebhookKey {
  key_id: string;
  /** As Standard Webhooks writes one: `whsec_` and base64. */
  secret: string;
  created_at: string;
  expires_at?: string;
}

/** What keys are made and read with. */
export interface WebhookKeyParts {
  envelope: Envelope;
  newId: () => string;
}

interface KeyRow {
  key_id: string;
  /** Sealed; plain where an earlier release has stored it, until `llamaagent keys rotate-master`. */
  secret: string;
  created_at: Date;
  expires_at: Date | null;
}

/** While both sign, a receiver changes over. */
const OVERLAP = "24 hours";

/** Where a key's secret is sealed for. */
export const secretContext = (tenantId: string, keyId: string): ValueContext => ({
  tenantId,
  table: "webhook_keys",
  row: keyId,
  column: "secret",
});

/**
 * The keys that sign now, the newest first; the first one is made here. Errors: `not_available` where it cannot
 * be, for there is no master key; `unreadable`.
 */
export async function currentKeys(tx: TenantTx, parts: WebhookKeyParts): Promise<WebhookKey[]> {
  const toKey = keyReader(tx.tenantId, parts);
  const there = await readKeys(tx);
  if (there.some(({ expires_at: expiresAt }) => expiresAt === null)) return there.map(toKey);
  await insertKey(tx, parts);
  return (await readKeys(tx)).map(toKey);
}

/**
 * A new key. The one before it signs for another day, those before that no more: there are never more than
 * two, and two rotations in a row end one that has leaked. Errors: of `currentKeys`.
 */
export async function rotateKeys(tx: TenantTx, parts: WebhookKeyParts): Promise<WebhookKey> {
  // Whoever comes while another rotation is under way waits here, and is answered that one's key.
  const [before] = await tx.query<{ key_id: string }>(
    `UPDATE webhook_keys SET expires_at = clock_timestamp() + interval '${OVERLAP}'
     WHERE tenant_id = $1 AND expires_at IS NULL RETURNING key_id`,
    [tx.tenantId],
  );
  await insertKey(tx, parts);
  if (before !== undefined)
    await tx.query(
      `DELETE FROM webhook_keys WHERE tenant_id = $1 AND expires_at IS NOT NULL AND key_id <> $2`,
      [tx.tenantId, before.key_id],
    );
  const [newest] = await readKeys(tx);
  if (newest === undefined) throw new AppError("internal");
  return keyReader(tx.tenantId, parts)(newest);
}

/**
 * Nothing where somebody else made one at the same time: that one is as good. `now()` would be when the
 * transaction began, perhaps before that of the key that this one takes the place of.
 */
async function insertKey(tx: TenantTx, { envelope, newId }: WebhookKeyParts): Promise<void> {
  const keyId = newId();
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  await tx.query(
    `INSERT INTO webhook_keys (tenant_id, key_id, secret, created_at) VALUES ($1, $2, $3, clock_timestamp())
     ON CONFLICT DO NOTHING`,
    [tx.tenantId, keyId, envelope.seal(secret, secretContext(tx.tenantId, keyId))],
  );
}

/** The one that does not expire first: it is the newest, whatever clocks say. */
const readKeys = (tx: TenantTx): Promise<KeyRow[]> =>
  tx.query(
    `SELECT key_id, secret, created_at, expires_at FROM webhook_keys
     WHERE tenant_id = $1 AND (expires_at IS NULL OR expires_at > now()) ORDER BY expires_at DESC NULLS FIRST`,
    [tx.tenantId],
  );

const keyReader =
  (tenantId: string, { envelope }: WebhookKeyParts) =>
  ({ key_id, secret, created_at, expires_at }: KeyRow): WebhookKey => ({
    key_id,
    secret: isSealed(secret)
      ? envelope.open(secret, secretContext(tenantId, key_id)).toString()
      : secret,
    created_at: created_at.toISOString(),
    ...(expires_at === null ? {} : { expires_at: expires_at.toISOString() }),
  });
