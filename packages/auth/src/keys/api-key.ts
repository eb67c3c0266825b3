import { AppError, Role } from "@llamaagent/core";
import { z } from "zod";
import { Permission } from "../permissions.ts";

/** A key as others may see it: without its secret, which is nowhere. */
export const ApiKey = z
  .object({
    key_id: z.uuid(),
    name: z.string(),
    subject: z.string().describe("Whom requests with it speak for"),
    roles: z.array(Role),
    scopes: z.array(Permission).describe("Permissions to which the roles are narrowed"),
    created_by: z.string().describe("Subject of who made it"),
    created_by_key: z.uuid().optional().describe("Left out of the first, and without keys"),
    replaces: z.uuid().optional().describe("The key in whose place it came"),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().optional(),
    revoked_at: z.iso.datetime().optional(),
    last_used_at: z.iso.datetime().optional().describe("To the minute"),
  })
  .meta({
    id: "ApiKey",
    examples: [
      {
        key_id: "0199a6f0-0000-7000-8000-000000000009",
        name: "billing service",
        subject: "billing",
        roles: ["operator"],
        scopes: ["runs:read", "runs:write"],
        created_by: "key:0199a6f0-0000-7000-8000-00000000000a",
        created_by_key: "0199a6f0-0000-7000-8000-00000000000a",
        created_at: "2025-10-03T16:38:00.000Z",
        last_used_at: "2025-10-03T16:40:00.000Z",
      },
    ],
  });
export type ApiKey = z.infer<typeof ApiKey>;

/** `key`: what its caller sends; this once. */
export interface CreatedApiKey extends ApiKey {
  key: string;
}

type Moment = "created_at" | "expires_at" | "revoked_at" | "last_used_at";
/** What may be missing is null in its row, and a moment is a date. */
export type KeyRow = {
  [Field in keyof Required<ApiKey>]:
    | (Field extends Moment ? Date : Required<ApiKey>[Field])
    | (undefined extends ApiKey[Field] ? null : never);
};

export const KEY_COLUMNS = Object.keys(ApiKey.shape).join(", ");

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
