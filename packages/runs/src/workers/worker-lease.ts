import { type Clock, within } from "@llamaagent/core";
import type { Database, SystemTx } from "@llamaagent/db";
import type { Capabilities } from "./capabilities.ts";
import { createValidity, type Validity } from "./validity.ts";

/**
 * A worker's proof of life: a row that says "alive until", on Postgres's clock. Whoever finds it lapsed
 * may take the worker's runs: it is valid until then.
 */
export interface WorkerLease extends Pick<Validity, "isValid" | "until" | "waitUntilValid"> {
  /**
   * False for 10 s after a gap, and after the first renewal until another that takes over has renewed too:
   * else everybody would steal from everybody when Postgres returns, before the others have renewed.
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
  /** Waits for no other reason than that it has just begun. */
  let isNew = !options.isAlone;
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
    const isGap = (): boolean => failed || !validity.isValid();
    const writing = db.system(async (tx) => {
      await tx.query(
        `INSERT INTO workers (worker_id, alive_until, capabilities, claims_per_second, takes_over_from)
         VALUES ($1, now() + make_interval(secs => $2), $3::jsonb, $4, now() + make_interval(secs => $5))
         ON CONFLICT (worker_id) DO UPDATE
           SET alive_until = excluded.alive_until, claims_per_second = excluded.claims_per_second,
             takes_over_from = excluded.takes_over_from`,
        [
          workerId,
          LEASE_MS / 1000,
          JSON.stringify(options.capabilities),
          options.claimsPerSecond(),
          (isGap() ? LEASE_MS : Math.max(0, takeOverFrom - sentAt)) / 1000,
        ],
      );
      return isNew && !isFirst && !isGap() && (await isVouchedFor(tx));
    });
    underway.add(writing);
    let isVouched: boolean;
    try {
      isVouched = await writing;
    } finally {
      underway.delete(writing);
    }
    if (!isFirst && !validity.isValid()) await check();
    const now = clock.monotonicMs();
    if (isGap() && !options.isAlone) takeOverFrom = now + LEASE_MS;
    else if (isVouched) takeOverFrom = now;
    if (isGap() && !isFirst) strikeFrom = now + NO_STRIKES_MS;
    isNew &&= isFirst || (!isGap() && now < takeOverFrom);
    isFirst = failed = false;
    validity.extend(sentAt + LEASE_MS);
  }

  /** Another worker takes runs over, and has renewed since this one began: what it knows counts for both. */
  async function isVouchedFor(tx: SystemTx): Promise<boolean> {
    const others = await tx.query(
      `SELECT FROM workers JOIN workers AS own ON own.worker_id = $1
       WHERE workers.worker_id <> $1 AND workers.takes_over_from <= clock_timestamp()
         AND workers.alive_until > own.started_at + make_interval(secs => $2) LIMIT 1`,
      [workerId, LEASE_MS / 1000],
    );
    return others.length > 0;
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
