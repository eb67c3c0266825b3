import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy";
import type { RunStatement } from "./session.ts";

export type Orm = PgRemoteDatabase;

/** Drizzle sends what it builds through the transaction's own queue, whichever the driver. */
export function createOrm(run: RunStatement): Orm {
  return drizzle(async (text, values, method) => ({
    rows: await run(text, values, method === "all" ? "array" : "object"),
  }));
}
