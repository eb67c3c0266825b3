import { AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";

/** A page is in memory whole, as rows and as the answer's text. */
export const PAGE_BYTES_MAX = 16 * 1024 * 1024;

/** So many may hold more: one that is asked for, and the one that tells whether others follow. */
const ALWAYS_READ = 2;

export interface PageOf {
  /** Of what the page holds, in the plural. */
  noun: string;
  /**
   * The rows in their order, each with its size as `bytes`: lengths of text columns are known without the
   * texts; jsonb is measured as text, in which `1e300` has 301 digits.
   */
  sql: string;
  params: readonly unknown[];
  /** Another column of the rows that are read, after a comma; of row `page`. */
  also?: string;
}

/** Error: `invalid_request` where the rows hold more than 16 MiB together, of which only one leaves the database. */
export async function readPage<Row extends object>(
  tx: TenantTx,
  { noun, sql, params, also = "" }: PageOf,
): Promise<Row[]> {
  const rows = await tx.query<Row & { is_too_large: boolean }>(
    `SELECT page.*${also} FROM (
       SELECT *, row_number() OVER () AS place,
         count(*) OVER () > ${ALWAYS_READ} AND sum(bytes) OVER () > ${PAGE_BYTES_MAX} AS is_too_large
       FROM (${sql}) AS page) AS page
     WHERE NOT is_too_large OR place = 1 ORDER BY place`,
    params,
  );
  if (rows.some((row) => row.is_too_large)) {
    const message = `asks for more than 16 MiB of ${noun}: ask for fewer`;
    throw new AppError("invalid_request", { errors: [{ pointer: "/limit", message }] });
  }
  return rows;
}
