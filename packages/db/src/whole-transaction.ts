import { type Connection, Query, type QueryConfig, type QueryResult } from "pg";
import type { Scope } from "./session.ts";

/**
 * `SET LOCAL` of role and tenant, which takes no parameters itself. Asked once on each connection, outside of any
 * transaction, where it sets nothing: then it is prepared.
 */
export const SCOPE = {
  name: "scope",
  text: "SELECT set_config('role',$1,true),set_config('app.tenant',$2,true)",
  values: ["none", ""],
};

/** What each of the four statements is answered as, in their order: BEGIN, the scope, the caller's own, COMMIT. */
const BEGUN = 0;
const OWN = 2;

/** What pg's types leave out. */
interface PgQuery {
  name: string;
  values: unknown[];
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
}
interface Wire {
  stream: { cork(): void; uncork(): void };
  parse(message: { text: string }): void;
  bind(message: { statement?: string; values?: unknown[] }): void;
  describe(message: { type: "P" }): void;
  execute(message: object): void;
  flush(): void;
  sync(): void;
}
type Callback = (error: Error | undefined, result: QueryResult) => void;
const BaseQuery = Query as unknown as new (config: QueryConfig, callback: Callback) => PgQuery;

export interface WholeTransactionOptions {
  scope: Scope;
  /** The connection has prepared it. */
  statement: QueryConfig & { name: string };
  /** BEGIN was answered: the server is there. */
  onBegun: () => void;
}

/**
 * BEGIN, role and tenant, one statement and COMMIT as one message of the extended protocol, up to its only
 * Sync (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING): sent by
 * themselves each of them is parsed, and wakes both sides. Where one fails the server skips the rest; the
 * transaction may be open then.
 */
export class WholeTransaction extends BaseQuery {
  readonly #scope: Scope;
  readonly #onBegun: () => void;
  #answered = 0;

  constructor({ scope, statement, onBegun }: WholeTransactionOptions, callback: Callback) {
    super(statement, callback);
    this.#scope = scope;
    this.#onBegun = onBegun;
  }

  submit(given: Connection): null {
    const connection = given as unknown as Wire;
    const { role, tenantId = "" } = this.#scope;
    connection.stream.cork();
    try {
      sendUnnamed(connection, "BEGIN");
      connection.flush();
      connection.bind({ statement: SCOPE.name, values: [role, tenantId] });
      connection.execute({});
      connection.bind({ statement: this.name, values: this.values });
      connection.describe({ type: "P" });
      connection.execute({});
      sendUnnamed(connection, "COMMIT");
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
    return null;
  }

  override handleDataRow(message: unknown): void {
    if (this.#answered === OWN) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#answered === BEGUN) this.#onBegun();
    if (this.#answered === OWN) super.handleCommandComplete(message, connection);
    this.#answered += 1;
  }
}

function sendUnnamed(connection: Wire, text: string): void {
  connection.parse({ text });
  connection.bind({});
  connection.execute({});
}
