import type { Logger } from "@llamaagent/observability";
import { Pool, types, type PoolClient, type QueryConfig } from "pg";
import type { OwnedDatabase } from "./database.ts";
import { postgresSession } from "./postgres-session.ts";
import { NO_TLS, plainWarning } from "./postgres-tls.ts";
import { createScopes, type WithSession } from "./scopes.ts";
import { translateError } from "./sql-errors.ts";
import { createStatementNames } from "./statement-names.ts";
import { valueParsers } from "./sql-values.ts";
import { SCOPE } from "./whole-transaction.ts";

export interface PostgresOptions {
  url: string;
  /** Connections of this process at most; default 10. */
  poolSize?: number;
  /** Behind a pooler in transaction mode the server forgets named statements. */
  pooler?: "transaction";
  timeouts?: Partial<PostgresTimeouts>;
  logger?: Pick<Logger, "warn">;
}

/** Milliseconds; 0 is none. */
interface PostgresTimeouts {
  /** To connect, to get a free connection, and for BEGIN, COMMIT and ROLLBACK. Default 5 s. */
  connect: number;
  /** One statement. Default 30 s. */
  statement: number;
  /** What a statement waits for a lock that others hold. Default 4 s: whoever waits holds a connection. */
  lock: number;
  /** A transaction between two statements. Default 5 s: a process that froze in it holds its locks for so long. */
  idleInTransaction: number;
}

const defaults: PostgresTimeouts = {
  connect: 5_000,
  statement: 30_000,
  lock: 4_000,
  idleInTransaction: 5_000,
};

/** Connects at the first transaction, not here. */
export function createPostgres(options: PostgresOptions): OwnedDatabase {
  const timeouts = { ...defaults, ...options.timeouts };
  const settings = {
    statement_timeout: String(timeouts.statement),
    lock_timeout: String(timeouts.lock),
    idle_in_transaction_session_timeout: String(timeouts.idleInTransaction),
    // Over partitions Postgres plans anew at each call else, which costs more than the statements do.
    plan_cache_mode: "force_generic_plan",
    // A plan is made once, mostly over empty tables: it must suit full ones. Ours are written for indexes.
    enable_seqscan: "off",
    enable_hashjoin: "off",
    enable_mergejoin: "off",
  };
  // Not in the start-up packet, which PgBouncer refuses: once for a connection, or, where a pooler gives
  // each transaction another one, in each transaction.
  const atConnect = [
    {
      text: Object.entries(settings)
        .map(([name, value]) => `SET ${name} = '${value}'`)
        .join(";"),
    },
    SCOPE,
  ].map((config): QueryConfig & { query_timeout: number } => ({
    ...config,
    query_timeout: timeouts.connect,
  }));
  const plain = options.logger && plainWarning(options.url);
  if (plain !== undefined) options.logger?.warn(`DATABASE_URL ${plain}`);
  const pool = new Pool({
    connectionString: options.url,
    ...NO_TLS,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: timeouts.connect,
    // Past the server's own time-out, so that it fires only where nobody answers any more.
    query_timeout: timeouts.statement === 0 ? 0 : timeouts.statement + 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: "llamaagent",
    types: { getTypeParser: typeParser },
    // A transaction of one statement costs one round trip instead of three.
    pipeline: true,
    // Where a setting is refused, so is the connection, and its first transaction says why: without time-outs
    // and plans it would seem well. pg-pool awaits the answer; its types don't know.
    ...(options.pooler === "transaction"
      ? {}
      : {
          onConnect: (client): unknown =>
            Promise.all(atConnect.map((config) => client.query(config))),
        }),
  });
  // An idle connection that the server closed; without a listener the process would end.
  pool.on("error", (error) => {
    options.logger?.warn({ err: error }, "an idle database connection was lost");
  });
  const statementNames = options.pooler === "transaction" ? undefined : createStatementNames();

  const withSession: WithSession = async (use) => {
    const client = await connect(pool);
    let isUnusable = false;
    const onLost = (): void => {
      isUnusable = true;
    };
    client.on("error", onLost);
    const session = postgresSession(client, {
      controlTimeout: timeouts.connect,
      statementTimeout: timeouts.statement,
      statementNames,
      onUnusable: onLost,
    });
    try {
      return await use(session);
    } finally {
      client.off("error", onLost);
      client.release(isUnusable);
    }
  };

  const scopes = createScopes(withSession, options.pooler === "transaction" ? settings : {});
  let closed: Promise<void> | undefined;
  return { driver: "postgres", ...scopes, close: () => (closed ??= pool.end()) };
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw translateError(error);
  }
}

function typeParser(oid: number, format?: "text" | "binary") {
  return (
    valueParsers[oid] ??
    (format === "binary" ? types.getTypeParser(oid, format) : types.getTypeParser(oid))
  );
}
