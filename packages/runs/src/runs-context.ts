import type { CancelSignals, Clock, RunEventTail, RunHints } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";

/** What the run functions need; built once per process by the app's container. */
export interface RunsContext {
  db: Database;
  hints: RunHints;
  tail: RunEventTail;
  cancelSignals: CancelSignals;
  clock: Clock;
  /** A new UUIDv7. */
  newId: () => string;
}
