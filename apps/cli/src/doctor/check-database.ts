import { isAppError } from "@llamaagent/core";
import { assertSchemaIsCurrent, type OwnedDatabase } from "@llamaagent/db";
import { type CheckResult, fail, ok, reasonOf } from "./check.ts";
import { checkClock } from "./check-clock.ts";
import { checkCommits, checkReplication } from "./check-commits.ts";
import { checkPartitions } from "./check-partitions.ts";
import type { CommitFacts } from "./promises/facts.ts";
import { readCommitFacts } from "./read-commit-facts.ts";

const OLDEST_MAJOR = 15;

export interface DatabaseFindings {
  checks: CheckResult[];
  /** Absent where the database cannot be used as it is. */
  facts?: CommitFacts;
}

/** Whether it answers, its version, its schema and partitions, its clock, and what its commits are worth. */
export async function checkDatabase(database: OwnedDatabase): Promise<DatabaseFindings> {
  const server = await checkServer(database);
  if (server.status === "fail") return { checks: [server] };
  const schema = await checkSchema(database);
  if (schema.status === "fail") return { checks: [server, schema] };
  const facts = await readCommitFacts(database);
  const checks = [server, schema, await checkPartitions(database), checkCommits(facts)];
  // The embedded database has no standby, and this machine's clock.
  if (database.driver === "postgres")
    checks.push(checkReplication(facts), await checkClock(database, Date.now));
  return { checks, facts };
}

async function checkServer(database: OwnedDatabase): Promise<CheckResult> {
  try {
    // As the owner: the roles of tenant and system are made by the first migration.
    const [row] = await database.owner((tx) =>
      tx.query<{ number: number; text: string; isReadOnly: boolean }>(
        `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text,
           current_setting('transaction_read_only')::boolean AS "isReadOnly"`,
      ),
    );
    const name = database.driver === "pglite" ? "PGlite, Postgres" : "Postgres";
    const detail = `${name} ${row?.text ?? "of an unknown version"}`;
    if ((row?.number ?? 0) < OLDEST_MAJOR * 10_000)
      return fail("database", detail, `use Postgres ${OLDEST_MAJOR} or newer`);
    return row?.isReadOnly
      ? fail(
          "database",
          `${detail} can only be read: it is a standby, or default_transaction_read_only is on`,
          "let DATABASE_URL lead to the primary",
        )
      : ok("database", detail);
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
