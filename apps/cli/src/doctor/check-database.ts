import { isAppError } from "@llamaagent/core";
import { assertSchemaIsCurrent, type OwnedDatabase } from "@llamaagent/db";
import { type CheckResult, fail, ok, reasonOf } from "./check.ts";

const OLDEST_MAJOR = 15;
const PARTITIONED = ["runs", "run_steps", "run_events"];

/** Whether it answers, its version, its schema, and rows that no month's partition took. */
export async function checkDatabase(database: OwnedDatabase): Promise<CheckResult[]> {
  const version = await serverVersion(database);
  if (version.status === "fail") return [version];
  const schema = await checkSchema(database);
  if (schema.status === "fail") return [version, schema];
  return [version, schema, await checkPartitions(database)];
}

async function serverVersion(database: OwnedDatabase): Promise<CheckResult> {
  try {
    // As the owner: the roles of tenant and system are made by the first migration.
    const [row] = await database.owner((tx) =>
      tx.query<{ number: number; text: string }>(
        "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text",
      ),
    );
    const name = database.driver === "pglite" ? "PGlite, Postgres" : "Postgres";
    const detail = `${name} ${row?.text ?? "of an unknown version"}`;
    return (row?.number ?? 0) >= OLDEST_MAJOR * 10_000
      ? ok("database", detail)
      : fail("database", detail, `use Postgres ${OLDEST_MAJOR} or newer`);
  } catch (error) {
    return fail(
      "database",
      `cannot be reached: ${reasonOf(error)}`,
      "check DATABASE_URL: host, port, user, password, name of the database, TLS",
    );
  }
}

async function checkSchema(database: OwnedDatabase): Promise<CheckResult> {
  try {
    await assertSchemaIsCurrent(database);
    return ok("schema", "is the one of this version");
  } catch (error) {
    const isOutdated = isAppError(error, "schema_outdated");
    return fail(
      "schema",
      reasonOf(error),
      isOutdated ? "run: npx llamaagent migrate" : "see the error; it is none of ours",
    );
  }
}

async function checkPartitions(database: OwnedDatabase): Promise<CheckResult> {
  // As the owner: app_system may read the parents alone, and finds a partition's rows only by a full scan.
  const found = await database.owner(async (tx) => {
    const names: string[] = [];
    for (const table of PARTITIONED) {
      const partition = `${table}_default`;
      const [row] = await tx.query<{ found: boolean }>(
        `SELECT EXISTS (SELECT FROM ${partition}) AS found`,
      );
      if (row?.found) names.push(partition);
    }
    return names;
  });
  return found.length === 0
    ? ok("partitions", "no rows in a default partition")
    : fail(
        "partitions",
        `rows in ${found.join(", ")}: a month had no partition`,
        "run: npx llamaagent migrate, which moves them",
      );
}
