import { AppError } from "@llamaagent/core";
import { RunCancelled } from "@llamaagent/runs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRunControl, RunHandedBack } from "./run-control.ts";

describe("a run's guard", () => {
  let isValid = true;
  let becomeValid: () => void = () => {};
  let look: (maxAgeMs?: number) => Promise<void> = async () => {};
  const lease = {
    isValid: () => isValid,
    mayTakeOver: () => isValid,
    waitUntilValid: async () => {
      if (!isValid) await new Promise<void>((resolve) => (becomeValid = resolve));
    },
    release: async () => {},
  };
  const control = () =>
    createRunControl({ lease, cancelWatch: { look: (maxAgeMs) => look(maxAgeMs) } });
  beforeEach(() => {
    vi.useFakeTimers();
    isValid = true;
    look = async () => {};
  });
  afterEach(() => vi.useRealTimers());

  it("lets a step begin, after a look that is at most half a second old", async () => {
    const ages: (number | undefined)[] = [];
    look = async (maxAgeMs) => void ages.push(maxAgeMs);
    await control().guard();
    expect(ages).toEqual([500]);
  });

  it("throws the reason of an abort, also of one that the look brought", async () => {
    const run = control();
    look = async () => run.abort(new RunCancelled());
    await expect(run.guard()).rejects.toThrow(RunCancelled);
    look = () => Promise.reject(new Error("not asked any more"));
    await expect(run.guard()).rejects.toThrow(RunCancelled);
  });

  it("lets nothing begin while draining", async () => {
    const run = control();
    run.drain();
    await expect(run.guard()).rejects.toThrow(RunHandedBack);
    expect(run.signal.aborted).toBe(false);
  });

  async function expectToWaitForLease(): Promise<void> {
    let begun = false;
    const guarded = control()
      .guard()
      .then(() => (begun = true));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(begun).toBe(false);
    isValid = true;
    becomeValid();
    await guarded;
  }

  it("waits while the lease is over", async () => {
    isValid = false;
    await expectToWaitForLease();
  });

  it("waits while Postgres is away: that is no reason for a run to fail", async () => {
    let looks = 0;
    look = async () => {
      looks += 1;
      if (looks < 3) throw new AppError("service_unavailable");
    };
    const guarded = control().guard();
    await vi.advanceTimersByTimeAsync(2_000);
    await guarded;
    expect(looks).toBe(3);
  });

  it("waits where the look has taken longer than the lease", async () => {
    look = async () => void (isValid = false);
    await expectToWaitForLease();
  });
});
