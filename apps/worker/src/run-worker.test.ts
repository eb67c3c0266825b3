import { systemClock } from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ExecuteRun } from "./execute-run.ts";
import { startRunWorker } from "./run-worker.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("keeps house soon after its start, then hourly", async () => {
  let times = 0;
  const query = async (text: string): Promise<unknown[]> => {
    if (text.includes("ensure_run_partitions")) times += 1;
    return [];
  };
  const deps = {
    context: {
      db: { system: (work: (tx: object) => unknown) => Promise.resolve(work({ query })) },
      hints: { consume: () => ({ close: async () => {} }), add: async () => true },
      cancelSignals: { subscribe: () => {} },
    },
    clock: systemClock,
  } as unknown as ExecuteRun; // a worker without runs asks for no more
  const worker = startRunWorker(deps, {
    workerId: "w",
    slots: 1,
    lease: {
      isValid: () => false,
      mayTakeOver: () => false,
      waitUntilValid: async () => {},
      release: async () => {},
    },
    firstHousekeepingMs: 90_000,
    logger: createLogger({ level: "silent" }),
  });
  await vi.advanceTimersByTimeAsync(89_000);
  expect(times).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(times).toBe(1);
  await vi.advanceTimersByTimeAsync(3_599_000);
  expect(times).toBe(2);
  await worker.stop();
  expect(vi.getTimerCount()).toBe(0);
});
