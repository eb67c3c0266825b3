import type { Run } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import { readPage } from "./read-page.ts";
import { runColumns, type RunRow, toRun } from "./run-row.ts";

export interface RunPageOf {
  /** Of `runs`, with `values` for its parameters from `$1` on. */
  condition: string;
  values: readonly unknown[];
  limit: number;
  offset?: number;
}

/** Newest first. Error: `invalid_request` where the runs have more than 16 MiB together. */
export async function readRunPage(tx: TenantTx, page: RunPageOf): Promise<Run[]> {
  const params = [...page.values];
  const parameter = (value: unknown): string => `$${params.push(value)}`;
  const rows = await readPage<RunRow>(tx, {
    noun: "runs",
    sql: `SELECT ${runColumns}, coalesce(octet_length(input), 0) + coalesce(octet_length(messages), 0)
        + coalesce(octet_length(output), 0) + coalesce(octet_length(error), 0)
        + coalesce(octet_length(webhook), 0) + octet_length(metadata::text) AS bytes
      FROM runs WHERE ${page.condition}
      ORDER BY run_id DESC LIMIT ${parameter(page.limit)} OFFSET ${parameter(page.offset ?? 0)}`,
    params,
  });
  return rows.map(toRun);
}
