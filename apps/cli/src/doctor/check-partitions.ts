import { MONTHS_AHEAD, type OwnedDatabase } from "@llamaagent/db";
import { type CheckResult, fail, ok, warn } from "./check.ts";

const PARTITIONED = ["runs", "run_steps", "run_events"];
/** The last month that is kept ready is made within an hour of a month's beginning. */
const MONTHS_NEEDED = MONTHS_AHEAD - 1;

/** Rows that no month's partition took, and whether this and the coming months have theirs. */
export async function checkPartitions(database: OwnedDatabase): Promise<CheckResult> {
  // As the owner: app_system may read the parents alone, and finds a partition's rows only by a full scan.
  const { strayed, missing } = await database.owner(async (tx) => {
    const names: string[] = [];
    for (const table of PARTITIONED) {
      const partition = `${table}_default`;
      const [row] = await tx.query<{ found: boolean }>(
        `SELECT EXISTS (SELECT FROM ${partition}) AS found`,
      );
      if (row?.found) names.push(partition);
    }
    const months = await tx.query<{ name: string }>(
      `SELECT name FROM unnest($1::text[]) AS parent, generate_series(0, $2) AS n,
         to_char(date_trunc('month', now() AT TIME ZONE 'utc') + make_interval(months => n), 'YYYY_MM') AS month,
         concat(parent, '_', month) AS name
       WHERE to_regclass(name) IS NULL ORDER BY name`,
      [PARTITIONED, MONTHS_NEEDED],
    );
    return { strayed: names, missing: months.map(({ name }) => name) };
  });
  if (strayed.length > 0)
    return fail(
      "partitions",
      `rows in ${strayed.join(", ")}: a month had no partition`,
      "run: npx llamaagent migrate, which moves them",
    );
  return missing.length === 0
    ? ok("partitions", "no rows in a default partition, that of the next month is there")
    : warn(
        "partitions",
        `${missing.join(", ")} missing`,
        database.driver === "pglite"
          ? "npm start makes them"
          : "run: npx llamaagent migrate; a worker makes them too, once an hour",
      );
}
