import { randomUUID } from "node:crypto";
import type { RunEventTail, RunKey, StoredEvent, TailBatch } from "@llamaagent/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const event = (id: string, text = id): StoredEvent => ({
  id,
  type: "message.delta",
  data: JSON.stringify({ text }),
});

/** What every adapter of RunEventTail keeps. `open` gives an empty one; the suite closes it. */
export function runEventTailContract(name: string, open: () => Promise<RunEventTail>): void {
  describe(`${name}: the contract of the live tail`, () => {
    let tail: RunEventTail;
    let run: RunKey;
    beforeEach(async () => {
      tail = await open();
      run = { tenantId: randomUUID(), runId: randomUUID() };
      const probe = { tenantId: randomUUID(), runId: randomUUID() };
      await vi.waitFor(async () => {
        await tail.publish([{ ...probe, events: [event("1-1")] }]);
        expect((await tail.read(probe, "0-0")).events).toHaveLength(1);
      });
    });
    afterEach(() => tail.close());
    const publish = (...ids: string[]) =>
      tail.publish([{ ...run, events: ids.map((id) => event(id)) }]);
    const idsAfter = async (id: string) => (await tail.read(run, id)).events.map((e) => e.id);

    it("reads after an id, in order, the same bytes", async () => {
      const odd = event("1-2", 'ä\u0000\ud800 "\\ \n\u2028 blank  blank');
      await tail.publish([{ ...run, events: [event("1-1"), odd] }]);
      await publish("1-3");
      expect((await tail.read(run, "1-1")).events).toEqual([odd, event("1-3")]);
      expect(await idsAfter("0-1")).toEqual(["1-1", "1-2", "1-3"]);
      expect(await idsAfter("1-3")).toEqual([]);
    });

    it("reads a page of 250 events, of 64 KiB or of one larger event, and says that there are more", async () => {
      const sizes = [...Array<number>(251).fill(1), 30_000, 30_000, 100_000, 30_000];
      const events = sizes.map((size, n) => event(`1-${n + 1}`, "x".repeat(size)));
      await tail.publish([{ ...run, events }]);
      const pages: number[] = [];
      let after = "0-0";
      for (let hasMore = true; hasMore;) {
        const page = await tail.read(run, after);
        expect(page.events).toEqual(events.slice(0, page.events.length));
        events.splice(0, page.events.length);
        pages.push(page.events.length);
        ({ hasMore } = page);
        after = page.events.at(-1)?.id ?? after;
      }
      expect(pages).toEqual([250, 3, 1, 1]);
    });

    it("compares ids by number, not by text", async () => {
      await publish("1-9", "1-10");
      await publish("10-1");
      expect(await idsAfter("1-9")).toEqual(["1-10", "10-1"]);
    });

    it("refuses the batch of a lower epoch as a whole, and announces nothing of it", async () => {
      const heard: string[] = [];
      await tail.subscribe(run, (events) => heard.push(...events.map((e) => e.id)));
      await publish("1-1", "1-2");
      await publish("2-1");
      await publish("1-3", "1-4");
      await publish("2-1", "2-2");
      await publish("2-2");
      await vi.waitFor(() => expect(heard).toContain("2-2"));
      expect(heard).toEqual(["1-1", "1-2", "2-1", "2-2"]);
      expect(await idsAfter("0-0")).toEqual(["1-1", "1-2", "2-1", "2-2"]);
    });

    it("gives a subscriber what is published from now on, of its run only", async () => {
      const heard: StoredEvent[][] = [];
      await publish("1-1");
      await tail.subscribe(run, (events) => heard.push(events));
      const other = { tenantId: run.tenantId, runId: randomUUID() };
      await tail.publish([{ ...other, events: [event("1-1")] }]);
      await publish("1-2", "1-3");
      await vi.waitFor(() => expect(heard).toEqual([[event("1-2"), event("1-3")]]));
    });

    it("tells a subscriber the same bytes", async () => {
      const heard: StoredEvent[] = [];
      const subscription = await tail.subscribe(run, (events) => heard.push(...events));
      const empty: StoredEvent = { id: "1-2", type: "message.delta", data: "{}" };
      const events = [event("1-1", 'ä\u0000\ud800 "\\ \n\u2028 blank  blank'), empty];
      events.push(event("1-3", "x".repeat(1_000_000)));
      await tail.publish([{ ...run, events }]);
      await vi.waitFor(() => expect(heard).toEqual(events));
      await subscription.close();
    });

    it("publishes for several runs at once", async () => {
      const other = { tenantId: run.tenantId, runId: randomUUID() };
      await tail.publish([
        { ...run, events: [event("1-1")] },
        { ...other, events: [event("3-1"), event("3-2")] },
      ]);
      expect(await idsAfter("0-0")).toEqual(["1-1"]);
      expect((await tail.read(other, "0-0")).events.map((e) => e.id)).toEqual(["3-1", "3-2"]);
    });

    it("refuses the batch of a run that was lost, and adds those beside it", async () => {
      const others: RunKey[] = [run.tenantId, randomUUID()].map((tenantId) => ({
        tenantId,
        runId: randomUUID(),
      }));
      const heard: string[] = [];
      for (const of of [run, ...others])
        await tail.subscribe(of, (events) => heard.push(...events.map((e) => e.id)));
      await publish("2-1");
      const batches: TailBatch[] = others.map((other, n) => ({
        ...other,
        events: [event(`${n + 7}-1`)],
      }));
      const lost = { ...run, events: [event("1-3"), event("1-4")] };
      await tail.publish(batches.toSpliced(1, 0, lost));
      await vi.waitFor(() => expect(heard).toEqual(["2-1", "7-1", "8-1"]));
      expect(await idsAfter("0-0")).toEqual(["2-1"]);
      for (const [n, other] of others.entries())
        expect((await tail.read(other, "0-0")).events.map((e) => e.id)).toEqual([`${n + 7}-1`]);
    });

    it("keeps subscribers of one run apart: closing one leaves the others, twice is harmless", async () => {
      const heard: [string, string][] = [];
      const listen = (who: string) =>
        tail.subscribe(run, (events) => heard.push([who, events[0]?.id ?? ""]));
      const a = await listen("a");
      await listen("b");
      await a.close();
      await publish("1-1");
      await vi.waitFor(() => expect(heard).toEqual([["b", "1-1"]]));
      await a.close();
      await publish("1-2");
      await vi.waitFor(() => expect(heard.at(-1)).toEqual(["b", "1-2"]));
    });

    it("hears again after the last subscriber had gone", async () => {
      await (await tail.subscribe(run, () => {})).close();
      const heard: string[] = [];
      await tail.subscribe(run, (events) => heard.push(...events.map((e) => e.id)));
      await publish("1-1");
      await vi.waitFor(() => expect(heard).toEqual(["1-1"]));
    });

    it("is live while somebody can hear", async () => {
      await tail.subscribe(run, () => {});
      await vi.waitFor(() => expect(tail.isLive()).toBe(true));
    });
  });
}
