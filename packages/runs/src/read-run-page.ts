import type { Run } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { PAGE_BYTES_MAX, pageTooLarge } from "./page-too-large.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";

export interface RunPageOf {
  /** Of `runs`, with `values` for its parameters from `$1` on. */
  condition: string;
  values: readonly unknown[];
  limit: number;
  offset?: number;
}

/**
 * Newest first. Error: `invalid_request` where the runs have more than 16 MiB together; two may: one that is
 * asked for, and the one that tells whether more follow.
 */
export async function readRunPage(tx: TenantTx, page: RunPageOf): Promise<Run[]> {
  const given = [...page.values];
  const parameter = (value: unknown): string => `$${given.push(value)}`;
  const rows = await tx.query<RunRow & { is_too_large: boolean }>(
    // Of a page that is too large one row leaves the database, which says so. Lengths are known without the texts.
    `SELECT ${runColumns}, is_too_large FROM (
       SELECT page.*, row_number() OVER (ORDER BY run_id DESC) AS place, count(*) OVER () > 2 AND sum(coalesce(octet_length(input), 0) + coalesce(octet_length(messages), 0)
           + coalesce(octet_length(output), 0) + pg_column_size(metadata)) OVER () > ${PAGE_BYTES_MAX} AS is_too_large
       FROM (
         SELECT * FROM runs WHERE ${page.condition}
         ORDER BY run_id DESC LIMIT ${parameter(page.limit)} OFFSET ${parameter(page.offset ?? 0)}) AS page) AS runs
     WHERE NOT is_too_large OR place = 1 ORDER BY place`,
    given,
  );
  if (rows.some((row) => row.is_too_large)) throw pageTooLarge("runs");
  return rows.map(toRun);
}
