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
  /**
   * Whether what is sent before the last answer came is queued by the server, in order: then BEGIN goes
   * with the first statement and COMMIT with the last one, at no round trip of their own.
   */
  pipelines: boolean;
  /** The state of the connection is unknown: it must serve nobody again. */
  discard(): void;
}
