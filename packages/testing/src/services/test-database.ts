import { createHash, randomUUID } from "node:crypto";
import type pg from "pg";
import { inject } from "vitest";
import type {} from "./global-setup.ts";
import { runDatabaseName, withClient } from "./run-databases.ts";

export interface TestDatabase {
  url: string;
  name: string;
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Brings an empty database to the schema; runs once per test run, then the result is copied. */
  migrate?: (url: string) => Promise<void>;
  /** Tells migrations apart where a run uses more than one. */
  template?: string;
  /** Default: the run's own Postgres. */
  serverUrl?: string;
}

/**
 * A database of one test file's own. With `migrate`, a copy of a template that the first caller
 * made; callers in other processes wait for it on an advisory lock.
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const serverUrl = options.serverUrl ?? inject("databaseUrl");
  if (serverUrl === undefined) throw new Error("there is no Postgres: guard with it.runIf");
  const name = runDatabaseName(inject("testRunId"), randomUUID().slice(0, 8));
  await withClient(serverUrl, async (client) => {
    const template = options.migrate
      ? await migratedTemplate(client, serverUrl, options.migrate, options.template ?? "default")
      : "template0";
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return {
    url: databaseUrl(serverUrl, name),
    name,
    drop: () =>
      withClient(serverUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** Marked as a template only when migrated: one that a killed process left half-made is made anew. */
async function migratedTemplate(
  client: pg.Client,
  serverUrl: string,
  migrate: (url: string) => Promise<void>,
  label: string,
): Promise<string> {
  const hash = createHash("sha256").update(label).digest("hex").slice(0, 8);
  const name = runDatabaseName(inject("testRunId"), `template_${hash}`);
  await client.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [name]);
  try {
    const { rows } = await client.query<{ datistemplate: boolean }>(
      "SELECT datistemplate FROM pg_database WHERE datname = $1",
      [name],
    );
    if (rows[0]?.datistemplate) return name;
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    await migrate(databaseUrl(serverUrl, name));
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
    return name;
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [name]);
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
