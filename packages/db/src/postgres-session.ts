import type { Writable } from "node:stream";
import type { PoolClient, QueryConfig, QueryResult } from "pg";
import type { Session } from "./session.ts";
import { isAway, translateError } from "./sql-errors.ts";
import { encodeParameter } from "./sql-values.ts";
import { SCOPE, WholeTransaction } from "./whole-transaction.ts";

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
  const { stream: socket, parsedStatements } = connectionOf(client);
  async function guarded<T>(send: () => Promise<T>): Promise<T> {
    try {
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
        gatherWrites(socket);
        const name = options.statementNames?.(text);
        const result = await client.query({
          text,
          values: values.map(encodeParameter),
          ...(name === undefined ? {} : { name }),
          ...(rowMode === "array" ? { rowMode } : {}),
        });
        return result.rows;
      }),
    runWhole(scope, text, values, rowMode) {
      const name = options.statementNames?.(text);
      const isPrepared = parsedStatements[SCOPE.name] !== undefined;
      if (!isPrepared || name === undefined || parsedStatements[name] !== text) return undefined;
      return guarded(async () => {
        const statement = { name, text, values: values.map(toWire), rowMode };
        const silence = silenceTimer(socket, options.controlTimeout);
        const onBegun = (): void => clearTimeout(silence);
        const result = await new Promise<QueryResult>((resolve, reject) => {
          const transaction = new WholeTransaction({ scope, statement, onBegun }, (error, ended) =>
            error ? reject(error) : resolve(ended),
          );
          client.query(transaction);
        })
          .catch((error: Error) => {
            // As pg does for its own promises: else the trace leads to the socket alone.
            Error.captureStackTrace(error);
            throw error;
          })
          .finally(() => clearTimeout(silence));
        return result.rows;
      });
    },
    script: (text) =>
      guarded(async () => {
        gatherWrites(socket);
        await client.query(text);
      }),
    control: (text) =>
      guarded(async () => {
        gatherWrites(socket);
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
function connectionOf(client: PoolClient) {
  const { connection } = client as unknown as {
    connection: { stream: Writable; parsedStatements: Record<string, string> };
  };
  return connection;
}

/** BEGIN is answered at once by a server that is there. 0 is for ever. */
function silenceTimer(socket: Writable, ms: number): NodeJS.Timeout | undefined {
  if (ms === 0) return undefined;
  return setTimeout(() => socket.destroy(new Error("Query read timeout")), ms);
}

function toWire(value: unknown): string | Buffer | null {
  const encoded = encodeParameter(value);
  if (!(encoded instanceof Uint8Array)) return encoded;
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

/**
 * What one turn of the event loop sends, BEGIN, statement and COMMIT mostly, is one write: system calls
 * cost a third of a replica's time else.
 */
function gatherWrites(socket: Writable): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  setImmediate(() => socket.uncork());
}
