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
/** A lease is for 10 s, renewed each 3 s: after this long those of the living end later than that of the lost. */
const RENEWED_MS = 4_500;
const LEASE_MS = 10_000;

interface AtWork {
  runId: string;
  epoch: number;
  owner: string;
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
    while (!stopping.signal.aborted) {
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
  async function judge(runs: readonly AtWork[], lost: Date): Promise<void> {
    await sleep(RENEWED_MS);
    const rows = await cluster.query<{ worker_id: string }>(
      `SELECT worker_id FROM workers WHERE alive_until >= $1`,
      [new Date(lost.getTime() + LEASE_MS)],
    );
    const alive = new Set(rows.map((row) => row.worker_id));
    for (const run of runs) if (alive.has(run.owner)) atWork.delete(run);
  }

  return {
    async workerLost() {
      const lostAt = performance.now();
      const rows = await cluster.query<{
        now: Date;
        run_id: string;
        epoch: number;
        owner: string;
      }>(`SELECT now() AS now, run_id, epoch, owner FROM runs WHERE state = 'running'`);
      const runs = rows.map(({ run_id: runId, epoch, owner }) => ({
        runId,
        epoch,
        owner,
        lostAt,
        claimedAt: Infinity,
      }));
      for (const run of runs) atWork.add(run);
      const [first] = rows;
      if (first) judging.push(judge(runs, first.now));
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
