import { AppError } from "@llamaagent/core";
import type { OwnedDatabase, OwnerTx } from "./database.ts";
import { type MigrationFile, readMigrationFiles } from "./migration-files.ts";
import { missingRights } from "./missing-rights.ts";
import { createPostgres } from "./postgres.ts";
import { sqlState } from "./sql-errors.ts";

export interface MigrationReport {
  /** Names of the migrations applied now, in order; empty where the schema was current. */
  applied: string[];
  /** Partitions made now. */
  partitions: string[];
}

export interface MigrateOptions {
  /** Told of each migration when it is committed: one may take long. */
  onApplied?: (name: string) => void;
}

/**
 * Partitions ready besides the current month's. Not more: every statement over all runs pays for each;
 * housekeeping makes further ones each hour.
 */
export const MONTHS_AHEAD = 2;

const INSUFFICIENT_PRIVILEGE = "42501";

/**
 * Brings the schema up to the files of this version. Each migration is one transaction under an
 * advisory lock of that transaction, so of several migrators one works and the others wait, also
 * through a pooler. Throws `invalid_configuration` where a file was changed after it was applied, and
 * where the user lacks rights that are known here.
 */
export async function migrate(
  target: { url: string } | { database: OwnedDatabase },
  { onApplied = () => undefined }: MigrateOptions = {},
): Promise<MigrationReport> {
  if ("database" in target) return migrateDatabase(target.database, onApplied);
  const database = createPostgres({
    url: target.url,
    poolSize: 1,
    // Costs nothing here, and works where the only URL leads to a pooler.
    pooler: "transaction",
    // A migration may take long, and may wait for another migrator.
    timeouts: { statement: 0, lock: 0, idleInTransaction: 0 },
  });
  try {
    return await migrateDatabase(database, onApplied);
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    const detail = await missingRights(database).catch(() => undefined);
    throw detail === undefined
      ? error
      : new AppError("invalid_configuration", { detail, cause: error });
  } finally {
    await database.close();
  }
}

async function migrateDatabase(
  database: OwnedDatabase,
  onApplied: (name: string) => void,
): Promise<MigrationReport> {
  const files = await readMigrationFiles();
  const applied: string[] = [];
  for (;;) {
    const name = await database.owner((tx) => applyNext(tx, files));
    if (name === undefined) break;
    applied.push(name);
    onApplied(name);
  }
  const partitions = await database.owner((tx) =>
    tx.query<{ name: string }>("SELECT ensure_run_partitions($1) AS name", [MONTHS_AHEAD]),
  );
  return { applied, partitions: partitions.map((row) => row.name) };
}

async function applyNext(
  tx: OwnerTx,
  files: readonly MigrationFile[],
): Promise<string | undefined> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtext('llamaagent.migrate'))");
  await tx.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now())`);
  const known = await tx.query<{ version: number; sha256: string }>(
    "SELECT version, sha256 FROM schema_migrations",
  );
  const hashes = new Map(known.map((row) => [row.version, row.sha256]));
  for (const file of files) {
    const hash = hashes.get(file.version);
    const label = `${String(file.version).padStart(4, "0")}_${file.name}`;
    if (hash === file.sha256) continue;
    if (hash !== undefined)
      throw new AppError("invalid_configuration", {
        detail: `Migration ${label} was changed after it was applied to this database: restore the file and write a new migration`,
      });
    await tx.script(file.sql);
    await tx.query("INSERT INTO schema_migrations (version, name, sha256) VALUES ($1, $2, $3)", [
      file.version,
      file.name,
      file.sha256,
    ]);
    return label;
  }
  return undefined;
}
