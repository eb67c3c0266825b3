type RowMode = "object" | "array";

export type RunStatement = (
  text: string,
  values: readonly unknown[],
  rowMode: RowMode,
) => Promise<unknown[]>;

/** One connection for the time of one transaction. Errors are already translated. */
export interface Session {
  run: RunStatement;
  /** One simple-protocol message, several statements. */
  script(text: string): Promise<void>;
  /** BEGIN, COMMIT and ROLLBACK: what takes long here is a connection that is lost. */
  control(text: string): Promise<void>;
  /** The state of the connection is unknown: it must serve nobody again. */
  discard(): void;
}
