import type { RunKey } from "./run-event-tail.ts";

/** Tells workers at once what Postgres says anyway (`cancel_requested_at`); may be lost. */
export interface CancelSignals {
  publish(run: RunKey): Promise<void>;
  subscribe(listener: (runId: string) => void): void;
  close(): Promise<void>;
}
