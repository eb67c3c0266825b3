import { timingSafeEqual } from "node:crypto";
import {
  AppError,
  type Clock,
  type Principal,
  type Role,
  type TenantLimits,
  tenantLimits,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { freshRows } from "../fresh-rows.ts";
import type { Permission } from "../permissions.ts";
import { RefusedCredential } from "../refused-credential.ts";
import { type KeyText, readKeyText } from "./key-text.ts";

/** Tells whom a key speaks for. */
export interface KeyVerifier {
  /**
   * Errors: `unauthorized`, whatever is wrong with the key; `forbidden` where its tenant is suspended;
   * `service_unavailable` within 2 s.
   */
  verify(text: string): Promise<Principal>;
  /** Whether it held when it was last looked at, without looking. */
  held(text: string): boolean;
  /** Of a key that was proved before, as by a token that was made with it. Errors as of `verify`. */
  holder(keyId: string): Promise<Principal>;
  /** Which of the keys do not hold any more. */
  ended(keyIds: readonly string[]): Promise<string[]>;
}

interface VerifiedRow {
  tenant_id: string;
  key_id: string;
  subject: string;
  secret_sha256: Uint8Array;
  roles: Role[];
  scopes: Permission[];
  is_valid: boolean;
  is_suspended: boolean;
  is_use_due: boolean;
  limits: TenantLimits;
}

export function createKeyVerifier(options: {
  db: Database;
  clock: Clock;
  /** Of what no request waits for: noting when a key was used. */
  onError: (error: unknown) => void;
}): KeyVerifier {
  const { db, clock } = options;
  const rows = freshRows({
    clock,
    read: (keyIds) => readRows(db, keyIds),
    idOf: (row) => row.key_id,
  });

  /** Of the key itself, not of another of its id. */
  const isOf = ({ secretHash }: KeyText, row: VerifiedRow): boolean =>
    timingSafeEqual(secretHash, row.secret_sha256);

  /**
   * A request's key is asked about twice, one time after the other. How long it takes to tell two callers' keys
   * apart says nothing of either: where it ends is lost in the hash that follows.
   */
  let last: { text: string; given: KeyText | undefined } | undefined;
  function keyTextOf(text: string): KeyText | undefined {
    if (last?.text !== text) last = { text, given: readKeyText(text) };
    return last.given;
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

  function principalOf(row: VerifiedRow): Principal {
    const { tenant_id: tenantId, key_id: keyId, subject, roles, scopes, limits } = row;
    const holder = { tenantId, subject, roles, scopes, keyId, limits };
    if (!row.is_valid) throw new RefusedCredential("unauthorized", holder);
    if (row.is_suspended)
      throw new RefusedCredential("forbidden", holder, "The tenant of this key is suspended");
    if (row.is_use_due) noteUse(row);
    return holder;
  }

  return {
    async verify(text) {
      const given = keyTextOf(text);
      if (given === undefined) throw new AppError("unauthorized");
      const row = await rows.read(given.keyId);
      if (row === undefined || !isOf(given, row)) throw new AppError("unauthorized");
      return principalOf(row);
    },
    held(text) {
      const given = keyTextOf(text);
      const row = given && rows.last(given.keyId);
      return given !== undefined && row !== undefined && row.is_valid && isOf(given, row);
    },
    async holder(keyId) {
      const row = await rows.read(keyId);
      if (row === undefined) throw new AppError("unauthorized");
      return principalOf(row);
    },
    async ended(keyIds) {
      const read = await Promise.all(keyIds.map((keyId) => rows.read(keyId)));
      return keyIds.filter((_keyId, index) => {
        const row = read[index];
        return !row?.is_valid || row.is_suspended;
      });
    },
  };
}

async function readRows(db: Database, keyIds: readonly string[]): Promise<VerifiedRow[]> {
  const rows = await db.system((tx) =>
    tx.query<Omit<VerifiedRow, "limits"> & { limits: Partial<TenantLimits> }>(
      `SELECT tenant_id, key_id, subject, secret_sha256, roles, scopes, limits, suspended_at IS NOT NULL AS is_suspended,
         revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AS is_valid,
         last_used_at IS NULL OR last_used_at < now() - interval '1 minute' AS is_use_due
       FROM api_keys JOIN tenants USING (tenant_id) WHERE key_id = ANY($1::uuid[])`,
      [keyIds],
      { isLast: true },
    ),
  );
  return rows.map((row) => ({ ...row, limits: tenantLimits(row.limits) }));
}
