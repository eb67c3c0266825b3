import { randomUUID } from "node:crypto";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startWorkerLease, type WorkerLease } from "./worker-lease.ts";

onEachDatabase((database) => {
  let started: WorkerLease[] = [];
  let now = 0;
  beforeEach(async () => {
    now = 0;
    await database().system((tx) => tx.query(`DELETE FROM workers`));
  });
  afterEach(async () => {
    for (const lease of started) await lease.release();
    started = [];
    vi.useRealTimers();
  });

  async function start(workerId = randomUUID()): Promise<WorkerLease> {
    const lease = await startWorkerLease({
      db: database(),
      clock: { now: () => new Date(), monotonicMs: () => now },
      workerId,
      isAlone: false,
      capabilities: { providers: [], tools: [], prompting: [] },
      claimsPerSecond: () => 0,
      onError: (error) => expect.fail(String(error)),
    });
    started.push(lease);
    return lease;
  }

  describe("a new worker's lease", () => {
    it.each([
      { other: "that takes over and has just renewed", alive: 10, from: 0, mayTakeOver: true },
      { other: "that renewed 3 s ago", alive: 7, from: -3, mayTakeOver: true },
      { other: "that renewed 5 s ago", alive: 5, from: -60, mayTakeOver: false },
      { other: "that is behind a gap", alive: 10, from: 9, mayTakeOver: false },
      { other: "that is dead", alive: -1, from: -60, mayTakeOver: false },
    ])("beside a worker $other: $mayTakeOver", async ({ alive, from, mayTakeOver }) => {
      await database().system((tx) =>
        tx.query(
          `INSERT INTO workers (worker_id, alive_until, takes_over_from)
           VALUES ($1, now() + make_interval(secs => $2), now() + make_interval(secs => $3))`,
          [randomUUID(), alive, from],
        ),
      );
      expect((await start()).mayTakeOver()).toBe(mayTakeOver);
    });

    it("is vouched for by one that was alone first and has waited for 10 s", async () => {
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      const workerId = randomUUID();
      const version = async () =>
        (
          await database().system((tx) =>
            tx.query(`SELECT xmin::text FROM workers WHERE worker_id = $1`, [workerId]),
          )
        )[0];
      const first = await start(workerId);
      expect(first.mayTakeOver()).toBe(false);
      expect((await start()).mayTakeOver()).toBe(false);
      for (let renewal = 0; renewal < 4; renewal += 1) {
        const before = await version();
        now += 3_000;
        vi.advanceTimersByTime(3_000);
        await expect.poll(version).not.toEqual(before);
      }
      expect(first.mayTakeOver()).toBe(true);
      expect((await start()).mayTakeOver()).toBe(true);
    });
  });
});
