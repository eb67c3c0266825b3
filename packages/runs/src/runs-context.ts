import type { CancelSignals, Clock, RunEventTail, RunHints } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { batchedByTenant } from "./batched-by-tenant.ts";
import { readRuns, type RunWithMessages } from "./read-runs.ts";
import { type Inserted, insertRuns } from "./insert-runs.ts";
import type { NewRun } from "./new-run.ts";
import { createTenantRooms, type TenantRooms } from "./tenant-rooms.ts";

interface RunsParts {
  db: Database;
  hints: RunHints;
  tail: RunEventTail;
  cancelSignals: CancelSignals;
  clock: Clock;
  /** A new UUIDv7. */
  newId: () => string;
}

/** What the run functions need; built once per process by the app's container. */
export interface RunsContext extends RunsParts {
  /** Runs that are admitted at the same time share a commit. */
  insertRun: (tenantId: string, run: NewRun) => Promise<Inserted>;
  rooms: TenantRooms;
  /** Runs that are asked for at the same time share a query. Error: `not_found`. */
  readRun: (tenantId: string, runId: string) => Promise<RunWithMessages>;
}

export function createRunsContext(parts: RunsParts): RunsContext {
  const { db } = parts;
  const rooms = createTenantRooms(parts.clock);
  return {
    ...parts,
    rooms,
    insertRun: batchedByTenant(db, (tx, runs: NewRun[]) =>
      insertRuns(tx, runs, { isLast: true, rooms }),
    ),
    readRun: batchedByTenant(db, (tx, runIds: string[]) => readRuns(tx, runIds)),
  };
}
