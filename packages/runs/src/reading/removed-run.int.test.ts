import { setTimeout as sleep } from "node:timers/promises";
import { type RunEventType, START, systemClock } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClaimedRun } from "../claim-run.ts";
import { deleteRunRows } from "../delete-run-rows.ts";
import { writeRun } from "../journal/write-run.ts";
import { memoryEventTail } from "../tail/memory-event-tail.ts";
import { createRunFollower, type RunFollower } from "./follow-run.ts";

const event = (id: string, type: RunEventType = "message.delta", fields: object = {}) => ({
  id,
  type,
  data: JSON.stringify({ id, ...fields }),
});

onEachDatabase((database) => {
  let runs: RunsFixture;
  let claimed: ClaimedRun;
  let follower: RunFollower;
  let tail: ReturnType<typeof memoryEventTail>;
  let onGap: () => void = () => {};
  let elapsedMs = 0;
  beforeEach(async () => {
    elapsedMs = 0;
    runs = await createRunsFixture(database());
    claimed = await runs.claimed();
    tail = memoryEventTail();
    follower = createRunFollower({
      db: database(),
      tail: { ...tail, onGap: (listener) => ((onGap = listener), () => {}) },
      clock: { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + elapsedMs },
      onError: () => {},
    });
  });
  afterEach(() => follower.close());

  async function reader() {
    const ids: string[] = [];
    const { signal } = new AbortController();
    const done = (async () => {
      for await (const { id } of follower.follow(claimed.fence, { after: START, signal }))
        ids.push(id);
    })();
    await vi.waitFor(() => expect(ids).toEqual(["0-1"]));
    return { ids, done };
  }
  const remove = () =>
    database().system((tx) => deleteRunRows(tx, claimed.fence.tenantId, [claimed.fence.runId]));

  describe("the reader of a run that is removed", () => {
    it("is told its end, also where what was before was told to nobody", async () => {
      const { ids, done } = await reader();
      const unheard = [event("1-1"), event("1-2")];
      await database().system((tx) => writeRun(tx, claimed.fence, { events: unheard, steps: [] }));
      await remove();
      const { tenantId, runId } = claimed.fence;
      const end = event("2-1", "run.cancelled", { after: "1-2", restarted: [] });
      await tail.publish([{ tenantId, runId, events: [end] }]);
      await done;
      expect(ids).toEqual(["0-1", "2-1"]);
    });

    it("is given what it has of it first, where it is behind", async () => {
      const { signal } = new AbortController();
      const events = follower.follow(claimed.fence, { after: START, signal });
      expect((await events.next()).value).toMatchObject({ id: "0-1" });
      const told = [event("1-1"), event("1-2", "run.completed")];
      await database().system((tx) => writeRun(tx, claimed.fence, { events: told, steps: [] }));
      const { tenantId, runId } = claimed.fence;
      await tail.publish([{ tenantId, runId, events: told }]);
      await remove();
      // The comparison is due, and finds no such run.
      elapsedMs = 10_000;
      await sleep(1_500);
      const ids: string[] = [];
      for await (const { id } of events) ids.push(id);
      expect(ids).toEqual(["1-1", "1-2"]);
    });

    it("ends where its end was told to nobody either, once it looks", async () => {
      const { ids, done } = await reader();
      await remove();
      onGap();
      await done;
      expect(ids).toEqual(["0-1"]);
    });
  });
});
