import { AppError, type Role } from "@llamaagent/core";
import type { Permission } from "../permissions.ts";

/** A key as others may see it: without its secret, which is nowhere. */
export interface ApiKey {
  key_id: string;
  name: string;
  /** Whom requests with it speak for. */
  subject: string;
  roles: Role[];
  /** Without any, all that the roles allow. */
  scopes: Permission[];
  created_by: string;
  /** Left out of the first, and of one made without a key. */
  created_by_key?: string;
  /** The key in whose place it came. */
  replaces?: string;
  created_at: string;
  expires_at?: string;
  revoked_at?: string;
  /** To the minute. */
  last_used_at?: string;
}

/** `key`: what its caller sends; this once. */
export interface CreatedApiKey extends ApiKey {
  key: string;
}

export interface KeyRow {
  key_id: string;
  name: string;
  subject: string;
  roles: Role[];
  scopes: Permission[];
  created_by: string;
  created_by_key: string | null;
  replaces: string | null;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

export const KEY_COLUMNS = `key_id, name, subject, roles, scopes, created_by, created_by_key, replaces, created_at,
  expires_at, revoked_at, last_used_at`;

export function toApiKey(row: KeyRow): ApiKey {
  const { created_by_key, replaces, created_at, expires_at, revoked_at, last_used_at, ...same } =
    row;
  return {
    ...same,
    ...(created_by_key === null ? {} : { created_by_key }),
    ...(replaces === null ? {} : { replaces }),
    created_at: created_at.toISOString(),
    ...(expires_at ? { expires_at: expires_at.toISOString() } : {}),
    ...(revoked_at ? { revoked_at: revoked_at.toISOString() } : {}),
    ...(last_used_at ? { last_used_at: last_used_at.toISOString() } : {}),
  };
}

export function keyNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such key" });
}
