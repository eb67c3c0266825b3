import type { Writable } from "node:stream";
import type { PoolClient, QueryConfig } from "pg";
import type { Session } from "./session.ts";
import { isAway, translateError } from "./sql-errors.ts";
import { encodeParameter } from "./sql-values.ts";

export interface PostgresSessionOptions {
  /** Milliseconds that BEGIN, COMMIT and ROLLBACK may take, once the statement before them has ended. */
  controlTimeout: number;
  /** Milliseconds that a statement may take; 0 is for ever. */
  statementTimeout: number;
  statementNames: ((text: string) => string | undefined) | undefined;
  /** The connection must not go back to the pool. */
  onUnusable: () => void;
}

/** pg takes it per query; its types don't know. */
type TimedQueryConfig = QueryConfig & { query_timeout: number };

export function postgresSession(client: PoolClient, options: PostgresSessionOptions): Session {
  let underway = 0;
  const socket = socketOf(client);
  async function guarded<T>(send: () => Promise<T>): Promise<T> {
    try {
      gatherWrites(socket);
      const sent = send();
      underway += 1;
      return await sent;
    } catch (error) {
      if (isAway(error)) options.onUnusable();
      throw translateError(error);
    } finally {
      underway -= 1;
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
        // Sent behind a statement, its time begins before that one's has ended.
        const ahead = underway > 0 ? options.statementTimeout : 0;
        const forEver = underway > 0 && options.statementTimeout === 0;
        const query: TimedQueryConfig = {
          text,
          query_timeout: forEver ? 0 : options.controlTimeout + ahead,
        };
        await client.query(query);
      }),
    pipelines: true,
    discard: options.onUnusable,
  };
}

/** pg's types leave out the connection below the client. */
function socketOf(client: PoolClient): Writable | undefined {
  const { connection } = client as { connection?: { stream?: Writable } };
  return connection?.stream;
}

/**
 * What one turn of the event loop sends, BEGIN, statement and COMMIT mostly, is one write: system calls
 * cost a third of a replica's time else.
 */
function gatherWrites(socket: Writable | undefined): void {
  if (socket === undefined || socket.writableCorked > 0) return;
  socket.cork();
  setImmediate(() => socket.uncork());
}
