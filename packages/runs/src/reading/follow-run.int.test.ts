import {
  AppError,
  type EventId,
  parseEventId,
  type RunEventType,
  START,
  type StoredEvent,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cancelRun } from "../cancel-run.ts";
import type { ClaimedRun } from "../claim-run.ts";
import { createRunFollower, type RunFollower } from "./follow-run.ts";
import { memoryEventTail } from "../tail/memory-event-tail.ts";
import { writeRun } from "../journal/write-run.ts";

const event = (id: string, fields: object = {}, type: RunEventType = "message.delta") => ({
  id,
  type,
  data: JSON.stringify({ id, ...fields }),
});
const resumed = (id: string, after: string) => event(id, { after, restarted: [] }, "run.resumed");
const soon = { timeout: 5_000, interval: 20 };

onEachDatabase((database) => {
  let runs: RunsFixture;
  let claimed: ClaimedRun;
  let follower: RunFollower;
  let now = 0;
  let isLive = true;
  /** Announcements are lost, as by a connection that was cut. */
  let isDeaf = false;
  let isDatabaseAway = false;
  let subscriptions = 0;
  let onGap: () => void = () => {};
  let publish: (...events: StoredEvent[]) => Promise<void>;

  beforeEach(async () => {
    runs = await createRunsFixture(database());
    claimed = await runs.claimed();
    [now, isLive, isDeaf, isDatabaseAway, subscriptions] = [0, true, false, false, 0];
    const tail = memoryEventTail();
    const { tenantId, runId } = claimed.fence;
    publish = (...events) => tail.publish([{ tenantId, runId, events }]);
    const away = <T>(work: () => Promise<T>): Promise<T> =>
      isDatabaseAway ? Promise.reject(new AppError("service_unavailable")) : work();
    const db: Database = {
      ...database(),
      system: (work) => away(() => database().system(work)),
      tenant: (id, work) => away(() => database().tenant(id, work)),
    };
    follower = createRunFollower({
      db,
      tail: {
        ...tail,
        isLive: () => isLive,
        onGap: (listener) => ((onGap = listener), () => {}),
        async subscribe(run, listener) {
          subscriptions += 1;
          const inner = await tail.subscribe(run, (events) => isDeaf || listener(events));
          return { close: () => (subscriptions--, inner.close()) };
        },
      },
      clock: { now: () => new Date(0), monotonicMs: () => now },
      onError: () => {},
    });
  });
  afterEach(() => follower.close());

  const store = (...events: StoredEvent[]) =>
    database().system((tx) => writeRun(tx, claimed.fence, { events, steps: [] }));
  const both = async (...events: StoredEvent[]) => {
    await store(...events);
    await publish(...events);
  };
  /** Ends the run; answers its last event, which the tail has not heard. */
  const endUnheard = async (): Promise<StoredEvent> => {
    await database().system((tx) =>
      tx.query(`UPDATE runs SET state = 'queued', owner = NULL WHERE run_id = $1`, [
        claimed.fence.runId,
      ]),
    );
    await cancelRun(runs.context, runs.principal, claimed.fence.runId);
    const { id = "", data } = (await runs.events(claimed.fence.runId)).at(-1) ?? {};
    return { id, type: "run.cancelled", data: JSON.stringify(data) };
  };
  const end = async () => publish(await endUnheard());
  /** Reads in the background. */
  function read(after: string | EventId = START) {
    const ids: string[] = [];
    const types: string[] = [];
    const abort = new AbortController();
    const position = typeof after === "string" ? (parseEventId(after) ?? START) : after;
    const events = follower.follow(claimed.fence, { after: position, signal: abort.signal });
    const done = (async () => {
      for await (const { id, type } of events) {
        ids.push(id);
        types.push(type);
      }
    })();
    done.catch(() => {});
    return { ids, types, done, abort: () => abort.abort() };
  }
  const sees = (reader: { ids: string[] }, ids: string[]) =>
    vi.waitFor(() => expect(reader.ids).toEqual(ids), soon);

  it("reads what is stored, then what comes, to the end", async () => {
    await store(event("1-1"));
    const reader = read();
    await sees(reader, ["0-1", "1-1"]);
    await publish(event("1-2"), event("1-3"));
    await sees(reader, ["0-1", "1-1", "1-2", "1-3"]);
    await store(event("1-2"), event("1-3"));
    await end();
    await reader.done;
    expect(reader.ids).toEqual(["0-1", "1-1", "1-2", "1-3", "2-1"]);
    expect(subscriptions).toBe(0);
  });

  it("begins with what the tail has and Postgres has not yet", async () => {
    await both(event("1-1"));
    await publish(event("1-2"));
    await sees(read("1-1"), ["1-2"]);
  });

  it("gives the same bytes from Postgres after the end as from the tail before", async () => {
    const odd = event("1-1", { text: "\u0000\ud800 é", b: 1, a: 2 });
    await publish(odd);
    const bytes = async () => {
      const abort = new AbortController();
      for await (const e of follower.follow(claimed.fence, {
        after: { epoch: 0, seq: 1 },
        signal: abort.signal,
      }))
        return e;
      return undefined;
    };
    const live = await bytes();
    await store(odd);
    await end();
    expect(await bytes()).toEqual(live);
    expect(live).toEqual(odd);
  });

  it("fills a gap from Postgres", async () => {
    const reader = read("0-1");
    await both(event("1-1"));
    await sees(reader, ["1-1"]);
    await store(event("1-2"), event("1-3"));
    await both(event("1-4"));
    await sees(reader, ["1-1", "1-2", "1-3", "1-4"]);
  });

  it("fills a gap from the tail where Postgres does not have it yet", async () => {
    const reader = read("0-1");
    await both(event("1-1"));
    await sees(reader, ["1-1"]);
    isDeaf = true;
    await publish(event("1-2"), event("1-3"));
    isDeaf = false;
    await publish(event("1-4"));
    await sees(reader, ["1-1", "1-2", "1-3", "1-4"]);
  });

  it("waits for Postgres where neither has it, and repeats nothing", async () => {
    const reader = read("0-1");
    await both(event("1-1"));
    await sees(reader, ["1-1"]);
    // The tail was emptied: it begins anew in the middle.
    const { tenantId, runId } = claimed.fence;
    await publish(event("1-5"));
    await publish(event("1-6"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(reader.ids).toEqual(["1-1"]);
    await database().system((tx) =>
      writeRun(
        tx,
        { ...claimed.fence, tenantId, runId },
        { events: [2, 3, 4, 5, 6].map((n) => event(`1-${n}`)), steps: [] },
      ),
    );
    await sees(reader, ["1-1", "1-2", "1-3", "1-4", "1-5", "1-6"]);
  });

  it("goes on with the next epoch where that begins at or before what was read", async () => {
    const reader = read("0-1");
    await both(event("1-1"));
    await publish(event("1-2"), event("1-3"));
    await sees(reader, ["1-1", "1-2", "1-3"]);
    // 1-2 and 1-3 were never stored: the next owner begins after 1-1.
    await publish(resumed("2-1", "1-1"));
    await publish(event("1-4")); // of the owner that lost the run
    await publish(event("2-2"));
    await sees(reader, ["1-1", "1-2", "1-3", "2-1", "2-2"]);
  });

  it("fills up to where the next epoch begins", async () => {
    const reader = read("0-1");
    await both(event("1-1"));
    await sees(reader, ["1-1"]);
    await store(event("1-2"));
    await publish(resumed("2-1", "1-2"));
    await sees(reader, ["1-1", "1-2", "2-1"]);
  });

  it("reads on from an event that became void", async () => {
    await store(event("1-1"));
    await database().system((tx) =>
      tx.query(`UPDATE runs SET epoch = 2 WHERE run_id = $1`, [claimed.fence.runId]),
    );
    const successor = { ...claimed.fence, epoch: 2 };
    await database().system((tx) =>
      writeRun(tx, successor, { events: [resumed("2-1", "1-1")], steps: [] }),
    );
    await sees(read("1-7"), ["2-1"]);
  });

  describe("a position that cannot be", () => {
    it.each(["2-1", "9-9"])("is refused before the first event (%s)", async (id) => {
      await expect(read(id).done).rejects.toMatchObject({ code: "invalid_event_id" });
      expect(subscriptions).toBe(0);
    });

    it("is refused where it is beyond the end", async () => {
      await end();
      await expect(read("2-2").done).rejects.toMatchObject({ code: "invalid_event_id" });
      await read("2-1").done;
      const void1 = read("1-99");
      await void1.done;
      expect(void1.ids).toEqual(["2-1"]);
    });

    it("ends in a reset with a snapshot where it shows only at the end", async () => {
      const reader = read("1-50");
      await both(event("1-1"));
      // Time for the reader to find that its position may yet come.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await store(event("1-2"));
      await database().system((tx) =>
        writeRun(
          tx,
          claimed.fence,
          { events: [event("1-3", {}, "run.completed")], steps: [] },
          {
            set: `state = 'ended', owner = NULL, ended_at = now(), stop_reason = 'completed'`,
            given: [],
          },
        ),
      );
      await publish(event("1-2"), event("1-3", {}, "run.completed"));
      onGap();
      await reader.done;
      expect(reader.ids).toEqual(["1-2", "1-3"]);
      expect(reader.types).toEqual(["stream.reset", "run.completed"]);
    });

    it("of a run that is not there, or another tenant's, is not found", async () => {
      const stranger = "00000000-0000-7000-8000-00000000abcd";
      const events = follower.follow(
        { ...claimed.fence, tenantId: stranger },
        { after: START, signal: new AbortController().signal },
      );
      await expect(events.next()).rejects.toMatchObject({ code: "not_found" });
      expect(subscriptions).toBe(0);
    });
  });

  it(
    "loses nothing for a reader that is slower than 12,000 events",
    { timeout: 60_000 },
    async () => {
      const abort = new AbortController();
      const events = follower.follow(claimed.fence, {
        after: { epoch: 0, seq: 1 },
        signal: abort.signal,
      });
      await both(event("1-1"));
      const ids = [(await events.next()).value?.id];
      // The reader has gone through Postgres and the tail: now it lives on what it is told.
      const second = events.next();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await both(event("1-2"));
      ids.push((await second).value?.id);
      const count = 12_000;
      const late: StoredEvent[] = [];
      for (let from = 3; from <= count; from += 1_000) {
        const seqs = Array.from({ length: Math.min(1_000, count + 1 - from) }, (_, n) => from + n);
        const chunk = seqs.map((seq) => event(`1-${seq}`));
        await store(...chunk);
        if (from > 6_000) late.push(...chunk);
        else await publish(...chunk);
      }
      // One announcement past the bound, with the end in it: nothing comes after.
      await publish(...late, await endUnheard());
      for await (const { id } of events) ids.push(id);
      expect(ids).toHaveLength(count + 1);
      expect(ids.at(-1)).toBe("2-1");
      expect(ids.slice(0, count)).toEqual(Array.from({ length: count }, (_, n) => `1-${n + 1}`));
    },
  );

  it("serves many readers of one run, each from its own place", async () => {
    await store(event("1-1"), event("1-2"));
    const readers = ["0-0", "0-1", "1-1", "1-2"].map(read);
    await vi.waitFor(() => expect(subscriptions).toBe(4));
    await both(event("1-3"));
    await sees(readers[0] ?? { ids: [] }, ["0-1", "1-1", "1-2", "1-3"]);
    await sees(readers[3] ?? { ids: [] }, ["1-3"]);
    await end();
    await Promise.all(readers.map(({ done }) => done));
    expect(readers.map(({ ids }) => ids.length)).toEqual([5, 4, 3, 2]);
    expect(subscriptions).toBe(0);
  });

  it("frees the subscription of a reader that goes away", async () => {
    const reader = read();
    await sees(reader, ["0-1"]);
    expect(subscriptions).toBe(1);
    reader.abort();
    await reader.done;
    expect(subscriptions).toBe(0);
  });

  it("ends every reader when it is closed", async () => {
    const readers = [read(), read()];
    for (const reader of readers) await sees(reader, ["0-1"]);
    await follower.close();
    await Promise.all(readers.map(({ done }) => done));
    expect(subscriptions).toBe(0);
  });

  it.each([
    { live: true, ms: 10_000 },
    { live: false, ms: 2_000 },
  ])("compares with Postgres each $ms ms (tail live: $live)", async ({ live, ms }) => {
    const reader = read();
    await sees(reader, ["0-1"]);
    isLive = live;
    isDeaf = true;
    await store(event("1-1"));
    now += ms - 1;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(reader.ids).toEqual(["0-1"]);
    now += 1;
    await sees(reader, ["0-1", "1-1"]);
    await end();
    now += ms;
    await reader.done;
    expect(reader.ids).toEqual(["0-1", "1-1", "2-1"]);
  });

  it("reads from Postgres after the tail was away", async () => {
    const reader = read();
    await sees(reader, ["0-1"]);
    isDeaf = true;
    await both(event("1-1"));
    onGap();
    await sees(reader, ["0-1", "1-1"]);
  });

  it("outlives the time without Postgres", async () => {
    const reader = read();
    await sees(reader, ["0-1"]);
    isDatabaseAway = true;
    await store(event("1-1"), event("1-2"));
    await publish(event("1-3"));
    onGap();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(reader.ids).toEqual(["0-1"]);
    isDatabaseAway = false;
    await store(event("1-3"));
    await sees(reader, ["0-1", "1-1", "1-2", "1-3"]);
    isDatabaseAway = true;
    await expect(read().done).rejects.toMatchObject({ code: "service_unavailable" });
  });

  it("hears by the comparison that its position was never one of a run that has ended", async () => {
    const reader = read("1-50");
    // Time for the reader to find that its position may yet come.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await database().system((tx) =>
      writeRun(
        tx,
        claimed.fence,
        { events: [event("1-1"), event("1-2", {}, "run.completed")], steps: [] },
        {
          set: `state = 'ended', owner = NULL, ended_at = now(), stop_reason = 'completed'`,
          given: [],
        },
      ),
    );
    now += 10_001;
    await reader.done;
    expect(reader.types).toEqual(["stream.reset", "run.completed"]);
  });
});
