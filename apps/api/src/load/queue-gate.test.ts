import type { QueueLoad } from "@llamaagent/runs";
import { beforeEach, describe, expect, it } from "vitest";
import { createQueueGate, type QueueGate } from "./queue-gate.ts";

const settings = { LLAMAAGENT_SHED_QUEUED_RUNS: 100, LLAMAAGENT_SHED_WAIT_SECONDS: 60 };
let now: number;
let load: QueueLoad | Error;
let looks: number;
let errors: unknown[];
let gate: QueueGate;
beforeEach(() => {
  [now, looks, errors] = [0, 0, []];
  gate = createQueueGate({
    clock: { monotonicMs: () => now },
    settings,
    onError: (error) => errors.push(error),
    async look() {
      looks += 1;
      if (load instanceof Error) throw load;
      return load;
    },
  });
});

function queue(byTenant: Record<string, number>, oldestWaitSeconds = 0): QueueLoad {
  const queued = Object.values(byTenant).reduce((sum, runs) => sum + runs, 0);
  return { queued, oldestWaitSeconds, byTenant: new Map(Object.entries(byTenant)) };
}
const shut = (tenantId = "a", priority = 0) => gate.isShut({ tenantId, priority });
/** The first only has it look. */
async function seeing(seen: QueueLoad | Error): Promise<void> {
  load = seen;
  expect(shut()).toBe(false);
  await Promise.resolve();
}

describe("the gate of the queue", () => {
  it("is open up to the bound on its length, and shut from there on", async () => {
    await seeing(queue({ a: 99 }));
    expect(shut()).toBe(false);
    now += 1_000;
    await seeing(queue({ a: 100 }));
    expect(shut()).toBe(true);
  });

  it("is shut where the oldest has waited too long", async () => {
    await seeing(queue({ a: 1 }, 60));
    expect(shut()).toBe(true);
  });

  it("is shut first to what its tenant wants last", async () => {
    await seeing(queue({ a: 80 }));
    expect([-1, 0, 1].map((priority) => shut("a", priority))).toEqual([true, false, false]);
    now += 1_000;
    load = queue({ a: 110 });
    shut();
    await Promise.resolve();
    expect([-1, 0, 1].map((priority) => shut("a", priority))).toEqual([true, true, false]);
    now += 1_000;
    load = queue({ a: 120 });
    shut();
    await Promise.resolve();
    expect([-1, 0, 1].map((priority) => shut("a", priority))).toEqual([true, true, true]);
  });

  it("stays open to whom others' queues keep waiting", async () => {
    await seeing(queue({ a: 150, b: 3, c: 57 }));
    expect(["a", "b", "c", "d"].map((tenant) => shut(tenant))).toEqual([true, false, false, false]);
  });

  it("looks four times a second, less often where that takes long, and only while it is asked", async () => {
    await seeing(queue({ a: 1 }));
    for (let times = 0; times < 5; times++) shut();
    expect(looks).toBe(1);
    now += 60_000;
    expect(looks).toBe(1);
    shut();
    expect(looks).toBe(2);
    // It takes 20 ms: the next one is 400 ms later.
    now += 20;
    await Promise.resolve();
    await Promise.resolve();
    now += 399;
    shut();
    expect(looks).toBe(2);
    now += 1;
    shut();
    expect(looks).toBe(3);
  });

  it("opens where it cannot see the queue any more", async () => {
    await seeing(queue({ a: 1_000 }));
    expect(shut()).toBe(true);
    load = new Error("away");
    now += 1_000;
    expect(shut()).toBe(true);
    await Promise.resolve();
    expect(errors).toEqual([load]);
    now += 4_000;
    expect(shut()).toBe(false);
  });
});
