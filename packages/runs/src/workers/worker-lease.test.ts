import { AppError } from "@llamaagent/core";
import type { Database, SystemTx } from "@llamaagent/db";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startWorkerLease, type WorkerLease } from "./worker-lease.ts";

describe("a worker's lease", () => {
  let now = 0;
  let isAway = false;
  let answer: () => Promise<void> = async () => {};
  const statements: string[] = [];
  // Postgres is played by one function: what counts here is when it answers.
  const system: Database["system"] = async (work) => {
    await answer();
    if (isAway) throw new AppError("service_unavailable");
    const tx = { query: async (text: string) => (statements.push(text.slice(0, 6)), []) };
    return work(tx as unknown as SystemTx); // the lease uses nothing else of it
  };
  const db = { system } as Database; // as above
  const clock = { now: () => new Date(now), monotonicMs: () => now };
  let lease: WorkerLease;
  let options: Parameters<typeof startWorkerLease>[0];
  let failures = 0;
  /** Moves the clock and lets the renewals that are due answer. */
  const pass = async (ms: number) => {
    for (let rest = ms; rest > 0; rest -= 1_000) {
      now += 1_000;
      await vi.advanceTimersByTimeAsync(1_000);
    }
  };

  beforeEach(async () => {
    vi.useFakeTimers();
    now = 0;
    isAway = false;
    failures = 0;
    answer = async () => {};
    const onError = () => void failures++;
    options = {
      db,
      clock,
      workerId: "w",
      isAlone: false,
      claimsPerSecond: () => 0,
      capabilities: { providers: [], tools: [], prompting: [] },
      onError,
    };
    lease = await startWorkerLease(options);
  });
  afterEach(async () => {
    isAway = false;
    await lease.release();
    vi.useRealTimers();
  });

  it("takes over nothing for 10 s after its first renewal, except where it is alone", async () => {
    await pass(9_000);
    expect(lease.mayTakeOver()).toBe(false);
    await pass(1_000);
    expect(lease.mayTakeOver()).toBe(true);
    const alone = await startWorkerLease({ ...options, isAlone: true });
    expect(alone.mayTakeOver()).toBe(true);
    await alone.release();
  });

  it("holds while it is renewed each 3 s", async () => {
    await pass(60_000);
    expect(lease.isValid()).toBe(true);
    expect(lease.mayTakeOver()).toBe(true);
    expect(failures).toBe(0);
  });

  it("ends 10 s after the last renewal was sent, not after it was answered", async () => {
    await pass(3_000);
    isAway = true;
    await pass(9_000);
    expect(lease.isValid()).toBe(true);
    await pass(1_000);
    expect(lease.isValid()).toBe(false);
    expect(failures).toBeGreaterThan(0);
  });

  it("counts from the sending of a renewal that is answered late", async () => {
    const resolvers: (() => void)[] = [];
    answer = () => new Promise((resolve) => resolvers.push(resolve));
    await pass(9_000);
    expect(resolvers).toHaveLength(3);
    // Sent at 3 s, 6 s and 9 s; the second and then the first are answered at 9 s.
    resolvers[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    resolvers[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    now = 15_999;
    expect(lease.isValid()).toBe(true);
    now = 16_000;
    expect(lease.isValid()).toBe(false);
    answer = async () => {};
    resolvers[2]?.();
  });

  it("takes nothing over until 10 s after the first good renewal behind a gap", async () => {
    isAway = true;
    await pass(14_000);
    expect(lease.isValid()).toBe(false);
    expect(lease.mayTakeOver()).toBe(false);
    isAway = false;
    await pass(1_000);
    expect(lease.isValid()).toBe(true);
    expect(lease.mayTakeOver()).toBe(false);
    await pass(9_000);
    expect(lease.mayTakeOver()).toBe(false);
    await pass(1_000);
    expect(lease.mayTakeOver()).toBe(true);
  });

  it("is not valid behind a gap before it was looked who has the runs; where that fails, not at all", async () => {
    const checks: PromiseWithResolvers<void>[] = [];
    lease.onLapse(() => {
      const looking = Promise.withResolvers<void>();
      checks.push(looking);
      return looking.promise;
    });
    await pass(20_000);
    expect(checks).toHaveLength(0);
    now += 30_000;
    await pass(3_000);
    expect(checks).toHaveLength(1);
    expect(lease.isValid()).toBe(false);
    checks[0]?.reject(new AppError("service_unavailable"));
    await vi.advanceTimersByTimeAsync(0);
    expect(lease.isValid()).toBe(false);
    expect(failures).toBe(1);
    await pass(3_000);
    checks[1]?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(lease.isValid()).toBe(true);
  });

  it("takes nothing over behind a renewal that failed, though its own lease held", async () => {
    await pass(20_000);
    isAway = true;
    await pass(3_000);
    isAway = false;
    expect(lease.isValid()).toBe(true);
    expect(lease.mayTakeOver()).toBe(false);
    await pass(10_000);
    expect(lease.mayTakeOver()).toBe(false);
    await pass(1_000);
    expect(lease.mayTakeOver()).toBe(true);
  });

  it("gives strikes from its start, but none for 60 s after Postgres was away", async () => {
    expect(lease.mayStrike()).toBe(true);
    await pass(20_000);
    isAway = true;
    await pass(3_000);
    expect(lease.mayStrike()).toBe(false);
    isAway = false;
    await pass(60_000);
    expect(lease.mayStrike()).toBe(false);
    await pass(1_000);
    expect(lease.mayStrike()).toBe(true);
  });

  it("gives no strike for 60 s after a time in which it was frozen", async () => {
    now += 30_000;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(lease.mayStrike()).toBe(false);
    await pass(60_000);
    expect(lease.mayStrike()).toBe(true);
  });

  it("lets those wait who need it valid, until it is or their signal is raised", async () => {
    isAway = true;
    await pass(10_000);
    const events: string[] = [];
    const abort = new AbortController();
    void lease.waitUntilValid(new AbortController().signal).then(() => events.push("valid"));
    void lease.waitUntilValid(abort.signal).catch((reason: unknown) => events.push(String(reason)));
    await vi.advanceTimersByTimeAsync(0);
    expect(events).toEqual([]);
    abort.abort("given up");
    await vi.advanceTimersByTimeAsync(0);
    expect(events).toEqual(["given up"]);
    isAway = false;
    await pass(3_000);
    expect(events).toEqual(["given up", "valid"]);
  });

  it("deletes its row when released, and is renewed no more", async () => {
    await lease.release();
    statements.length = 0;
    await pass(10_000);
    expect(statements).toEqual([]);
  });

  it.each([
    { answered: "in time", afterMs: 400, written: ["INSERT", "SELECT", "DELETE"] },
    {
      answered: "too late for the worker's end",
      afterMs: 900,
      written: ["DELETE", "INSERT", "SELECT"],
    },
  ])("deletes its row behind a renewal that is answered, $answered", async (renewal) => {
    answer = () => new Promise((resolve) => setTimeout(resolve, renewal.afterMs));
    await pass(3_000);
    statements.length = 0;
    answer = async () => {};
    const released = lease.release();
    await vi.advanceTimersByTimeAsync(1_000);
    await released;
    expect(statements).toEqual(renewal.written);
  });

  it("takes nothing over in the moment in which it wakes from a freeze", async () => {
    await pass(20_000);
    expect(lease.mayTakeOver()).toBe(true);
    // Frozen with it, the others have not renewed either; no renewal of its own has failed.
    now += 30_000;
    expect(lease.mayTakeOver()).toBe(false);
  });
});
