import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";

/** Runs that a worker had at work when it was killed or frozen, and when another took them. */
export interface ResumeWatch {
  /** To be called right after a worker was killed or frozen. */
  workerLost(): Promise<void>;
  /** Every run that was interrupted so far. */
  stop(): Promise<Interrupted[]>;
}

export interface Interrupted {
  runId: string;
  /** Of the lost owner. */
  epoch: number;
  /** From the loss to the next claim; Infinity where none came yet. */
  seconds: number;
}

const LOOK_MS = 100;
/** A lease is renewed each 3 s: after this long only that of the lost worker is what it was. */
const RENEWED_MS = 4_500;

interface AtWork {
  runId: string;
  epoch: number;
  /** The owner's lease when the worker was lost. */
  owner: string;
  aliveUntil: Date;
  lostAt: number;
  claimedAt: number;
}

/** All by Postgres: no clock of a worker plays a part. */
export function watchResumes(cluster: Cluster): ResumeWatch {
  const atWork = new Set<AtWork>();
  const judging: Promise<void>[] = [];
  const stopping = new AbortController();
  const looking = look();

  async function look(): Promise<void> {
    while (!stopping.signal.aborted && !cluster.closing.aborted) {
      const rows = await cluster
        .query<{ run_id: string; epoch: number }>(`SELECT run_id, epoch FROM runs`)
        .catch(() => []); // Postgres may be away: another look follows
      const epochs = new Map(rows.map((row) => [row.run_id, row.epoch]));
      for (const run of atWork)
        if (run.claimedAt === Infinity && (epochs.get(run.runId) ?? 0) > run.epoch)
          run.claimedAt = performance.now();
      await sleep(LOOK_MS);
    }
  }

  /** Whose owner did not renew its lease any more was interrupted; the others stay where they are. */
  async function judge(runs: readonly AtWork[]): Promise<void> {
    await sleep(RENEWED_MS);
    const rows = await cluster.query<{ worker_id: string; alive_until: Date }>(
      `SELECT worker_id, alive_until FROM workers`,
    );
    const leases = new Map(rows.map((row) => [row.worker_id, row.alive_until.getTime()]));
    for (const run of runs)
      if (leases.get(run.owner) !== run.aliveUntil.getTime()) atWork.delete(run);
  }

  return {
    async workerLost() {
      const lostAt = performance.now();
      // One that was lost 4 s before, whose runs are still its own, is not counted again.
      const rows = await cluster.query<Pick<AtWork, "runId" | "epoch" | "owner" | "aliveUntil">>(
        `SELECT run_id AS "runId", epoch, owner, alive_until AS "aliveUntil"
         FROM runs JOIN workers ON worker_id = owner
         WHERE state = 'running' AND alive_until > now() + interval '6 seconds'`,
      );
      const runs = rows.map((row) => ({ ...row, lostAt, claimedAt: Infinity }));
      for (const run of runs) atWork.add(run);
      const judged = judge(runs);
      // Told by `stop`, not as an unhandled rejection in between.
      judged.catch(() => undefined);
      judging.push(judged);
    },
    async stop() {
      await Promise.all(judging);
      stopping.abort();
      await looking;
      return [...atWork].map(({ runId, epoch, lostAt, claimedAt }) => ({
        runId,
        epoch,
        seconds: (claimedAt - lostAt) / 1000,
      }));
    },
  };
}
