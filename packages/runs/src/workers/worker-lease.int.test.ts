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

  const version = async (workerId: string): Promise<unknown> =>
    (
      await database().system((tx) =>
        tx.query(`SELECT xmin::text FROM workers WHERE worker_id = $1`, [workerId]),
      )
    )[0];

  /** Moves the clock on to the next one, of all of them, and awaits that of this worker. */
  async function renewal(workerId: string): Promise<void> {
    const before = await version(workerId);
    now += 3_000;
    vi.advanceTimersByTime(3_000);
    await expect.poll(() => version(workerId)).not.toEqual(before);
  }

  describe("a new worker's lease", () => {
    it.each([
      { other: "that takes over and renews", from: -60, renews: true, mayTakeOver: true },
      { other: "that took over, and does not renew", from: -60, renews: false, mayTakeOver: false },
      { other: "that renews, behind a gap", from: 60, renews: true, mayTakeOver: false },
    ])("beside a worker $other: $mayTakeOver", async ({ from, renews, mayTakeOver }) => {
      const other = randomUUID();
      await database().system((tx) =>
        tx.query(
          `INSERT INTO workers (worker_id, alive_until, takes_over_from)
           VALUES ($1, now() + interval '10 s', now() + make_interval(secs => $2))`,
          [other, from],
        ),
      );
      const workerId = randomUUID();
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      const lease = await start(workerId);
      expect(lease.mayTakeOver()).toBe(false);
      if (renews)
        await database().system((tx) =>
          tx.query(
            `UPDATE workers SET alive_until = now() + interval '10 s' WHERE worker_id = $1`,
            [other],
          ),
        );
      // The second is sent when all is known that came of the first.
      for (let n = 0; n < 2; n += 1) await renewal(workerId);
      expect(lease.mayTakeOver()).toBe(mayTakeOver);
    });

    it("is not vouched for behind a gap of its own", async () => {
      const workerId = randomUUID();
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      const lease = await start(workerId);
      now += 30_000;
      await database().system((tx) =>
        tx.query(
          `INSERT INTO workers (worker_id, alive_until, takes_over_from) VALUES ($1, now() + interval '10 s', now())`,
          [randomUUID()],
        ),
      );
      for (let n = 0; n < 2; n += 1) {
        await renewal(workerId);
        expect(lease.mayTakeOver()).toBe(false);
      }
    });

    it("is vouched for by one that was alone first and has waited for 10 s", async () => {
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      const workerId = randomUUID();
      const first = await start(workerId);
      expect(first.mayTakeOver()).toBe(false);
      expect((await start()).mayTakeOver()).toBe(false);
      for (let n = 0; n < 4; n += 1) await renewal(workerId);
      expect(first.mayTakeOver()).toBe(true);
      const newId = randomUUID();
      const second = await start(newId);
      expect(second.mayTakeOver()).toBe(false);
      for (let n = 0; n < 3; n += 1) await renewal(newId);
      expect(second.mayTakeOver()).toBe(true);
    });
  });
});
