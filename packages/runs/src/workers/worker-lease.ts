import { type Clock, within } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import type { Capabilities } from "./capabilities.ts";
import { createValidity, type Validity } from "./validity.ts";

/**
 * A worker's proof of life: a row that says "alive until", on Postgres's clock. Whoever finds it lapsed
 * may take the worker's runs: it is valid until then.
 */
export interface WorkerLease extends Pick<Validity, "isValid" | "until" | "waitUntilValid"> {
  /**
   * False for 4 s after the first renewal and for 10 s after a gap: else everybody would steal from
   * everybody when Postgres returns, because the others have not renewed yet.
   */
  mayTakeOver(): boolean;
  /**
   * False for 60 s after a renewal that failed or came late: then Postgres was away, and that others
   * lapsed is no fault of their runs. True for a worker that has just begun: where a run ends worker
   * after worker, none gets old.
   */
  mayStrike(): boolean;
  /**
   * `check` is called where the lease had lapsed and is renewed, before it is valid again: others may
   * have the worker's runs by now, and a step without an intent is fenced by nothing else.
   */
  onLapse(check: () => Promise<void>): void;
  /** Deletes the row: the worker's runs were handed back. */
  release(): Promise<void>;
}

const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
/** Who lives has renewed by then. No longer: where worker after worker is killed, the new ones are all there is. */
const FIRST_WAIT_MS = RENEW_MS + 1_000;
const NO_STRIKES_MS = 60_000;
/** Half of the second that a worker which stops has for its release. */
const UNDERWAY_MS = 500;

export async function startWorkerLease(options: {
  db: Database;
  clock: Clock;
  workerId: string;
  /** No other worker can live (embedded): what dead ones left is taken at once. */
  isAlone: boolean;
  /** What the worker offers. */
  capabilities: Capabilities;
  /** Told with each renewal. */
  claimsPerSecond: () => number;
  onError: (error: unknown) => void;
}): Promise<WorkerLease> {
  const { db, clock, workerId } = options;
  const validity = createValidity(clock);
  let isFirst = true;
  /** Renewals failed since the last good one. */
  let failed = false;
  let takeOverFrom = -Infinity;
  let strikeFrom = -Infinity;
  let check = (): Promise<void> => Promise.resolve();
  /** Renewals that may yet write the row. */
  const underway = new Set<Promise<unknown>>();

  async function send(): Promise<void> {
    // The lease counts from before the renewal was sent: it never outlives the row.
    const sentAt = clock.monotonicMs();
    const writing = db.system((tx) =>
      tx.query(
        `INSERT INTO workers (worker_id, alive_until, capabilities, claims_per_second)
         VALUES ($1, now() + make_interval(secs => $2), $3::jsonb, $4)
         ON CONFLICT (worker_id) DO UPDATE
           SET alive_until = excluded.alive_until, claims_per_second = excluded.claims_per_second`,
        [
          workerId,
          LEASE_MS / 1000,
          JSON.stringify(options.capabilities),
          options.claimsPerSecond(),
        ],
      ),
    );
    underway.add(writing);
    try {
      await writing;
    } finally {
      underway.delete(writing);
    }
    if (!isFirst && !validity.isValid()) await check();
    const now = clock.monotonicMs();
    const isGap = failed || !validity.isValid();
    if (isGap && !options.isAlone) takeOverFrom = now + (isFirst ? FIRST_WAIT_MS : LEASE_MS);
    if (isGap && !isFirst) strikeFrom = now + NO_STRIKES_MS;
    isFirst = failed = false;
    validity.extend(sentAt + LEASE_MS);
  }

  async function renew(): Promise<void> {
    try {
      await send();
    } catch (error) {
      failed = true;
      throw error;
    }
  }

  await renew();
  const timer = setInterval(() => void renew().catch(options.onError), RENEW_MS);

  return {
    isValid: () => validity.isValid(),
    get until() {
      return validity.until;
    },
    waitUntilValid: (signal) => validity.waitUntilValid(signal),
    mayTakeOver: () => validity.isValid() && !failed && clock.monotonicMs() >= takeOverFrom,
    mayStrike: () => !failed && clock.monotonicMs() >= strikeFrom,
    onLapse(given) {
      check = given;
    },
    async release() {
      clearInterval(timer);
      // Written after the row was deleted, a renewal would bring it back for 10 s: what was left behind
      // would wait for its end, and get a strike.
      await within<unknown>(Promise.allSettled(underway), UNDERWAY_MS, undefined);
      await db.system((tx) => tx.query(`DELETE FROM workers WHERE worker_id = $1`, [workerId]));
    },
  };
}

/** Embedded boot, holding the directory's lock: whoever had a row is dead, its runs resume at once. */
export async function buryAllWorkers(db: Database): Promise<void> {
  await db.system((tx) =>
    tx.query(`UPDATE workers SET alive_until = now() WHERE alive_until > now()`),
  );
}
