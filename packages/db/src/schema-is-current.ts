import { AppError } from "@llamaagent/core";
import type { Database } from "./database.ts";
import { readMigrationFiles } from "./migration-files.ts";
import { sqlState } from "./sql-errors.ts";

/**
 * Refuses a schema older than this version's. A newer one passes: during an update the old replicas
 * go on over the new schema.
 */
export async function assertSchemaIsCurrent(database: Database): Promise<void> {
  const hashes = await appliedHashes(database);
  const missing = (await readMigrationFiles()).filter(
    (file) => hashes.get(file.version) !== file.sha256,
  );
  if (missing.length > 0)
    throw new AppError("schema_outdated", {
      detail: `The database schema is not the one that this version needs (${missing.map((file) => file.name).join(", ")}): run \`llamaagent migrate\``,
    });
}

async function appliedHashes(database: Database): Promise<Map<number, string>> {
  try {
    const rows = await database.system((tx) =>
      tx.query<{ version: number; sha256: string }>(
        "SELECT version, sha256 FROM schema_migrations",
      ),
    );
    return new Map(rows.map((row) => [row.version, row.sha256]));
  } catch (error) {
    if (isNeverMigrated(error)) return new Map();
    throw error;
  }
}

/** 22023: no role app_system; 42501: not granted to it; 42P01: no table. */
function isNeverMigrated(error: unknown): boolean {
  return ["22023", "42501", "42P01"].includes(sqlState(error) ?? "");
}
