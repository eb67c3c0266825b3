import type { PoolClient, QueryConfig } from "pg";
import type { Session } from "./session.ts";
import { isAway, translateError } from "./sql-errors.ts";
import { encodeParameter } from "./sql-values.ts";

export interface PostgresSessionOptions {
  /** Milliseconds that BEGIN, COMMIT and ROLLBACK may take. */
  controlTimeout: number;
  statementNames: ((text: string) => string | undefined) | undefined;
  /** The connection must not go back to the pool. */
  onUnusable: () => void;
}

/** pg takes it per query; its types don't know. */
type TimedQueryConfig = QueryConfig & { query_timeout: number };

export function postgresSession(client: PoolClient, options: PostgresSessionOptions): Session {
  async function guarded<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (isAway(error)) options.onUnusable();
      throw translateError(error);
    }
  }
  return {
    run: (text, values, rowMode) =>
      guarded(async () => {
        const name = options.statementNames?.(text);
        const result = await client.query({
          text,
          values: values.map(encodeParameter),
          ...(name === undefined ? {} : { name }),
          ...(rowMode === "array" ? { rowMode } : {}),
        });
        return result.rows;
      }),
    script: (text) =>
      guarded(async () => {
        await client.query(text);
      }),
    control: (text) =>
      guarded(async () => {
        const query: TimedQueryConfig = { text, query_timeout: options.controlTimeout };
        await client.query(query);
      }),
    discard: options.onUnusable,
  };
}
