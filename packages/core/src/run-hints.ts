/** "Runs may be claimable." Disposable: Postgres is the truth, a lost hint costs time only. */
export interface RunHint {
  tenantId: string;
  /** One of them. */
  runId: string;
  /** Raised whenever a run becomes claimable again: makes the hint new. */
  generation: number;
  /** 1 is first; 1…1001. */
  priority: number;
  /** So many: runs that became claimable together share a hint. */
  runs: number;
}

export interface RunHints {
  /**
   * Resolves in ≤250 ms, whether or not the hints were taken. False: none can be taken now. `mayHold`:
   * those of runs far back in the queue may be held for some milliseconds before, to share a hint.
   */
  add(hints: readonly RunHint[], options?: { mayHold?: boolean }): Promise<boolean>;
  /**
   * Calls the handler for each hint, at most 4 at once; the handler's return ends the hint. `onAnnounced`: for
   * a consumer that had none a hint may be there, and is fetched next; where fetching takes no time never.
   */
  consume(handler: (hint: RunHint) => Promise<void>, onAnnounced?: () => void): HintConsumer;
  close(): Promise<void>;
}

export interface HintConsumer {
  /** Stops fetching; resolves when the handlers under way have returned. */
  close(): Promise<void>;
}
