import { createHash } from "node:crypto";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import { createPostgres, type Database } from "@llamaagent/db";

export const KNOWN_KEY_ID = "00000000-0000-7000-8000-0000000000ff";
const SECRET = "known-to-all-".repeat(4).slice(0, 43);

/** A key of an admin, the same in every test and measurement: real servers have none that is known. */
export const KNOWN_KEY = `la_${KNOWN_KEY_ID.replaceAll("-", "")}_${SECRET}`;

export async function storeKnownKey(db: Database): Promise<void> {
  await db.system((tx) =>
    tx.query(
      `INSERT INTO api_keys (tenant_id, key_id, name, subject, secret_sha256, roles, scopes, created_by)
       VALUES ($1, $2, 'known', 'tester', $3, '{admin,platform_admin}', '{}', 'test')`,
      [DEFAULT_TENANT_ID, KNOWN_KEY_ID, createHash("sha256").update(SECRET).digest()],
    ),
  );
}

/** In a database that is migrated. */
export async function storeKnownKeyIn(databaseUrl: string): Promise<void> {
  const db = createPostgres({ url: databaseUrl, poolSize: 1 });
  try {
    await storeKnownKey(db);
  } finally {
    await db.close();
  }
}
