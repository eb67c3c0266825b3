import type { Clock } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";

/**
 * A worker's proof of life: a row that says "alive until", on Postgres's clock. Whoever finds it lapsed
 * may take the worker's runs.
 */
export interface WorkerLease {
  /** False from the moment at which others may have taken this worker's runs. */
  isValid(): boolean;
  /**
   * False for 10 s after the first renewal and after a gap: else everybody would steal from everybody
   * when Postgres returns, because the others have not renewed yet.
   */
  mayTakeOver(): boolean;
  /** Resolves once the lease is valid; rejects with the signal's reason. */
  waitUntilValid(signal: AbortSignal): Promise<void>;
  /** Deletes the row: the worker's runs were handed back. */
  release(): Promise<void>;
}

const LEASE_MS = 10_000;
const RENEW_MS = 3_000;

export async function startWorkerLease(options: {
  db: Database;
  clock: Clock;
  workerId: string;
  /** No other worker can live (embedded): what dead ones left is taken at once. */
  isAlone: boolean;
  /** What the worker offers: its tools and providers. */
  capabilities: object;
  onError: (error: unknown) => void;
}): Promise<WorkerLease> {
  const { db, clock, workerId } = options;
  let validUntil = -Infinity;
  let takeOverFrom = -Infinity;
  let stopped = false;
  const waiting = new Set<() => void>();

  async function renew(): Promise<void> {
    // The lease counts from before the renewal was sent: it never outlives the row.
    const sentAt = clock.monotonicMs();
    await db.system((tx) =>
      tx.query(
        `INSERT INTO workers (worker_id, alive_until, capabilities)
         VALUES ($1, now() + make_interval(secs => $2), $3::jsonb)
         ON CONFLICT (worker_id) DO UPDATE SET alive_until = excluded.alive_until`,
        [workerId, LEASE_MS / 1000, JSON.stringify(options.capabilities)],
      ),
    );
    if (!options.isAlone && clock.monotonicMs() > validUntil)
      takeOverFrom = clock.monotonicMs() + LEASE_MS;
    // Answers may overtake each other.
    validUntil = Math.max(validUntil, sentAt + LEASE_MS);
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  await renew();
  const timer = setInterval(() => {
    if (!stopped) renew().catch(options.onError);
  }, RENEW_MS);

  const isValid = (): boolean => clock.monotonicMs() < validUntil;
  return {
    isValid,
    mayTakeOver: () => isValid() && clock.monotonicMs() >= takeOverFrom,
    async waitUntilValid(signal) {
      while (!isValid()) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    },
    async release() {
      stopped = true;
      clearInterval(timer);
      await db.system((tx) => tx.query(`DELETE FROM workers WHERE worker_id = $1`, [workerId]));
    },
  };
}

/** Embedded boot, holding the directory's lock: whoever had a row is dead, its runs resume at once. */
export async function forgetAllWorkers(db: Database): Promise<void> {
  await db.system((tx) => tx.query(`DELETE FROM workers`));
}
