import { timingSafeEqual } from "node:crypto";
import {
  AppError,
  batchedCall,
  type Clock,
  type Principal,
  type Role,
  within,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { LRUCache } from "lru-cache";
import type { Permission } from "../permissions.ts";
import { readKeyText } from "./key-text.ts";

/** Tells whom a key speaks for. */
export interface KeyVerifier {
  /** Errors: `unauthorized`, whatever is wrong with the key; `service_unavailable` within 2 s. */
  verify(text: string): Promise<Principal>;
  /** Which of the keys do not hold any more. */
  ended(keyIds: readonly string[]): Promise<string[]>;
}

/** Revocation reaches every replica within 5 s: a row is taken as it was for so long, and its reading may take a second. */
const FRESH_MS = 3_000;
/** A statement that is stuck holds those behind it. */
const READ_MS = 2_000;
const KEYS_CACHED_MAX = 10_000;
/** In one query. */
const READ_TOGETHER_MAX = 500;

interface VerifiedRow {
  tenant_id: string;
  key_id: string;
  subject: string;
  secret_sha256: Uint8Array;
  roles: Role[];
  scopes: Permission[];
  is_valid: boolean;
  is_use_due: boolean;
}

interface CachedKey {
  readAt: number;
  row: Promise<VerifiedRow | undefined>;
}

export function createKeyVerifier(options: {
  db: Database;
  clock: Clock;
  /** Of what no request waits for: noting when a key was used. */
  onError: (error: unknown) => void;
}): KeyVerifier {
  const { db, clock } = options;
  const cached = new LRUCache<string, CachedKey>({ max: KEYS_CACHED_MAX });
  const readRow = batchedCall({
    itemsMax: READ_TOGETHER_MAX,
    call: async (keyIds: string[]) => {
      const rows = new Map((await readRows(db, keyIds)).map((row) => [row.key_id, row]));
      return keyIds.map((keyId) => rows.get(keyId));
    },
  });

  async function lookUp(keyId: string): Promise<VerifiedRow | undefined> {
    const row = await within<VerifiedRow | undefined | "late">(readRow(keyId), READ_MS, "late");
    if (row === "late") throw new AppError("service_unavailable", { retryAfterSeconds: 1 });
    return row;
  }

  async function rowOf(keyId: string): Promise<VerifiedRow | undefined> {
    const known = cached.get(keyId);
    if (known && clock.monotonicMs() - known.readAt < FRESH_MS) return known.row;
    const entry = { readAt: clock.monotonicMs(), row: lookUp(keyId) };
    cached.set(keyId, entry);
    const forget = (): void => void (cached.get(keyId) === entry && cached.delete(keyId));
    // Ids that nobody has made would push out those in use.
    entry.row.then((row) => row ?? forget(), forget);
    return entry.row;
  }

  function noteUse(row: VerifiedRow): void {
    row.is_use_due = false;
    db.system((tx) =>
      tx.query(
        `UPDATE api_keys SET last_used_at = now() WHERE tenant_id = $1 AND key_id = $2
           AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
        [row.tenant_id, row.key_id],
        { isLast: true },
      ),
    ).catch(options.onError);
  }

  return {
    async verify(text) {
      const given = readKeyText(text);
      if (given === undefined) throw new AppError("unauthorized");
      const row = await rowOf(given.keyId);
      if (!row?.is_valid || !timingSafeEqual(given.secretHash, row.secret_sha256))
        throw new AppError("unauthorized");
      if (row.is_use_due) noteUse(row);
      const { tenant_id: tenantId, key_id: keyId, subject, roles, scopes } = row;
      return { tenantId, subject, roles, scopes, keyId };
    },
    async ended(keyIds) {
      const rows = await Promise.all(keyIds.map(rowOf));
      return keyIds.filter((_keyId, index) => !rows[index]?.is_valid);
    },
  };
}

function readRows(db: Database, keyIds: readonly string[]): Promise<VerifiedRow[]> {
  return db.system((tx) =>
    tx.query<VerifiedRow>(
      `SELECT tenant_id, key_id, subject, secret_sha256, roles, scopes,
         revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AS is_valid,
         last_used_at IS NULL OR last_used_at < now() - interval '1 minute' AS is_use_due
       FROM api_keys WHERE key_id = ANY($1::uuid[])`,
      [keyIds],
      { isLast: true },
    ),
  );
}
