import type { Orm } from "./orm.ts";

/**
 * One open transaction. Usable until its work has returned; later calls are refused, because the
 * connection may then serve another tenant.
 */
export interface Tx {
  /**
   * Rows as plain objects: timestamptz → Date, json and jsonb parsed, int and float → number (int8
   * beyond 2^53 → bigint), numeric, date and timestamp → string, bytea → Uint8Array. Values: Date,
   * Uint8Array, arrays (as Postgres arrays) and plain objects (as JSON) are taken as they are.
   * `isLast`: the last statement of the transaction: COMMIT goes with it. Once it resolves it is
   * stored, whatever the work throws afterwards.
   */
  query<Row extends object>(
    text: string,
    values?: readonly unknown[],
    options?: { isLast: boolean },
  ): Promise<Row[]>;
  /** Drizzle on the same transaction. */
  readonly orm: Orm;
}

export interface TenantTx extends Tx {
  readonly tenantId: string;
}

export interface SystemTx extends Tx {
  readonly system: true;
}

/** As the owner of the tables, for migrations. */
export interface OwnerTx extends Tx {
  /** Several statements in one message, without values or rows. */
  script(text: string): Promise<void>;
}

/**
 * Work may run more than once: after a deadlock or a serialization failure the whole transaction is
 * repeated, at most twice. So work does nothing outside the transaction that must not be repeated.
 * A call of `tenant` or `system` inside an open one throws `nested_pool_use`. A database that is
 * away throws `service_unavailable`; other SQL errors pass through (see `sqlState`). A connection
 * lost during COMMIT leaves it open whether the work was stored.
 */
export interface Database {
  readonly driver: "postgres" | "pglite";
  /** A transaction in the role app_tenant: row-level security shows this tenant's rows only. */
  tenant<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T>;
  /** A transaction in the role app_system: the rows of all tenants. */
  system<T>(work: (tx: SystemTx) => Promise<T>): Promise<T>;
  /** Waits for open transactions. */
  close(): Promise<void>;
}

/** What a driver gives to `migrate`; everything else takes `Database`. */
export interface OwnedDatabase extends Database {
  owner<T>(work: (tx: OwnerTx) => Promise<T>): Promise<T>;
}
