import type { EventPage, StoredEvent } from "./run-event.ts";

export interface RunKey {
  tenantId: string;
  runId: string;
}

export interface TailBatch extends RunKey {
  /** In id order, gapless. */
  events: StoredEvent[];
}

/** The fast copy of the newest events. Rebuildable: whatever it loses, readers fill from Postgres. */
export interface RunEventTail {
  /**
   * Adds and announces events. A batch that begins at or before the tail's last id is refused as a
   * whole (its writer lost the run). Never rejects; resolves in ≤250 ms.
   */
  publish(batches: readonly TailBatch[]): Promise<void>;
  /** The first events after the id; what the tail no longer holds is missing. Empty when away. */
  read(run: RunKey, afterId: string): Promise<EventPage>;
  /** Resolves once events published from now on reach the listener. */
  subscribe(run: RunKey, listener: (events: StoredEvent[]) => void): Promise<TailSubscription>;
  /** Called after events may have been missed (a reconnect). Returns the remover. */
  onGap(listener: () => void): () => void;
  /** False while events do not come through. */
  isLive(): boolean;
  close(): Promise<void>;
}

export interface TailSubscription {
  close(): Promise<void>;
}
