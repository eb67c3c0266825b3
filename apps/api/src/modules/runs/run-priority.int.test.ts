import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@llamaagent/client";
import { createTestAgents } from "@llamaagent/testing/api/test-agents";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

describe.each(topologies)("the priority of a run, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await createTestAgents(api.url, ["hello", "slow"]);
  });
  afterAll(() => api?.close());

  it.runIf(isThere)(
    "puts it before those that were queued earlier, or behind later ones",
    async () => {
      const { runs } = createClient({ url: api.url });
      // The one slot is taken with the first claim; the eighth would take the oldest run, so six wait.
      const { run_id: ahead } = await runs.create({ agent_id: "slow" });
      await api.startWorker({ slots: 1 });
      await vi.waitFor(async () => expect((await runs.get(ahead)).state).toBe("running"), 20_000);
      const queued: { runId: string; priority: number }[] = [];
      for (const priority of [0, -10, 0, 10, 0, 0])
        queued.push({
          runId: (await runs.create({ agent_id: "hello", priority })).run_id,
          priority,
        });
      // Once a second, on this event loop, the worker looks whether anybody asks for an order.
      await sleep(3_000);
      await runs.cancel(ahead);

      const started: { priority: number; at: string }[] = [];
      for (const { runId, priority } of queued) {
        const { run } = await runs.wait(runId);
        started.push({ priority, at: run.started_at ?? "" });
      }
      const order = started.toSorted((one, other) => (one.at < other.at ? -1 : 1));
      expect(order.map(({ priority }) => priority)).toEqual([10, 0, 0, 0, 0, -10]);
    },
  );
});
