type RowMode = "object" | "array";

/** As whom a transaction sees the tables. */
export interface Scope {
  role: "app_tenant" | "app_system";
  tenantId?: string;
}

export type RunStatement = (
  text: string,
  values: readonly unknown[],
  rowMode: RowMode,
) => Promise<unknown[]>;

/** One connection for the time of one transaction. Errors are already translated. */
export interface Session {
  run: RunStatement;
  /**
   * A transaction of one statement, whole, in one message each way; undefined where that cannot be: then its parts
   * are to be sent. After a failure it may be open.
   */
  runWhole?(scope: Scope, ...statement: Parameters<RunStatement>): Promise<unknown[]> | undefined;
  /** One simple-protocol message, several statements. */
  script(text: string): Promise<void>;
  /** BEGIN, COMMIT and ROLLBACK: what takes long here is a connection that is lost. */
  control(text: string): Promise<void>;
  /**
   * Whether what is sent before the last answer came is queued by the server, in order: then BEGIN goes
   * with the first statement and COMMIT with the last one, at no round trip of their own.
   */
  pipelines: boolean;
  /** The state of the connection is unknown: it must serve nobody again. */
  discard(): void;
}
