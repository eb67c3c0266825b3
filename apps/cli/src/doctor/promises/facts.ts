/** What the promises depend on, as read from the real services. */
export type Facts = EmbeddedFacts | ScaledFacts;

export interface EmbeddedFacts {
  topology: "embedded";
  fsync: boolean;
}

export interface ScaledFacts extends CommitFacts {
  topology: "scaled";
  liveWorkers: number;
  /** Those of them that have every provider, tool and strategy that the API has. */
  completeWorkers: number;
  /** Queued for a second or more: no slot is free for them. */
  waitingRuns: number;
}

/** When a commit that Postgres has acknowledged can be lost nevertheless. */
export interface CommitFacts {
  fsync: boolean;
  fullPageWrites: boolean;
  /** As in force on the connections of api and worker. */
  synchronousCommit: string;
  /** Empty where no commit waits for a standby. */
  synchronousStandbyNames: string;
  /** That stream the log of the whole server; subscribers of logical replication are none. */
  standbys: number;
}

/** Whether a failover finds every commit at the standby. */
export function waitsForStandby(facts: CommitFacts): boolean {
  return (
    facts.synchronousStandbyNames !== "" && !["off", "local"].includes(facts.synchronousCommit)
  );
}
