import { randomUUID } from "node:crypto";
import type { RunHint, RunHints } from "@llamaagent/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const hint = (rest: Partial<RunHint> = {}): RunHint => ({
  tenantId: "00000000-0000-7000-8000-000000000001",
  runId: randomUUID(),
  generation: 1,
  priority: 1,
  runs: 1,
  ...rest,
});

/** What every adapter of RunHints keeps. `open` gives an empty one; the suite closes it. */
export function runHintsContract(name: string, open: () => Promise<RunHints>): void {
  describe(`${name}: the contract of hints`, () => {
    let hints: RunHints;
    beforeEach(async () => {
      hints = await open();
      await vi.waitFor(async () => expect(await hints.add([])).toBe(true));
    });
    afterEach(() => hints.close());
    const addAll = (added: readonly RunHint[]) =>
      vi.waitFor(async () => expect(await hints.add(added)).toBe(true));

    it("gives each hint to one handler, with all that it says", async () => {
      const given = [hint(), hint({ generation: 3, runs: 4 })];
      const got: RunHint[] = [];
      const consumers = [1, 2].map(() => hints.consume(async (one) => void got.push(one)));
      await addAll(given);
      await vi.waitFor(() => expect(got).toHaveLength(2));
      const ids = (list: readonly RunHint[]) =>
        list.map((h) => `${h.tenantId} ${h.runId} ${h.generation} ${h.runs}`).toSorted();
      expect(ids(got)).toEqual(ids(given));
      await Promise.all(consumers.map((consumer) => consumer.close()));
    });

    it("keeps hints that come before anybody consumes", async () => {
      await addAll([hint()]);
      let got = 0;
      const consumer = hints.consume(async () => void got++);
      await vi.waitFor(() => expect(got).toBe(1));
      await consumer.close();
    });

    it("folds equal hints, and keeps a new generation and another count apart", async () => {
      const one = hint();
      await addAll([one, one]);
      await addAll([one, { ...one, generation: 2 }]);
      await addAll([{ ...one, generation: 2, runs: 3 }]);
      const got: number[] = [];
      const consumer = hints.consume(async ({ generation }) => void got.push(generation));
      await addAll([hint({ generation: 99, priority: 1_000 })]);
      await vi.waitFor(() => expect(got).toContain(99));
      expect(got.toSorted((a, b) => a - b)).toEqual([1, 2, 2, 99]);
      await consumer.close();
    });

    it("takes the same hint again once it was handled", async () => {
      const one = hint();
      let got = 0;
      const consumer = hints.consume(async () => void got++);
      await addAll([one]);
      await vi.waitFor(() => expect(got).toBe(1));
      await vi.waitFor(async () => {
        await hints.add([one]);
        expect(got).toBe(2);
      });
      await consumer.close();
    });

    it("gives the lower priority number first, equal ones in the order of their coming", async () => {
      const order = [5, 1, 3, 1, 1001].map((priority, generation) =>
        hint({ priority, generation }),
      );
      for (const one of order) await addAll([one]);
      const got: number[] = [];
      const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
      // With four at once only the order of their beginnings is given.
      const consumer = hints.consume(async ({ generation }) => {
        got.push(generation);
        await gate;
      });
      await vi.waitFor(() => expect(got).toHaveLength(4));
      openGate();
      await vi.waitFor(() => expect(got).toHaveLength(5));
      expect(got).toEqual([1, 3, 2, 0, 4]);
      await consumer.close();
    });

    it("has at most four handlers at work", async () => {
      await addAll(Array.from({ length: 9 }, () => hint()));
      let active = 0;
      let most = 0;
      let done = 0;
      const consumer = hints.consume(async () => {
        most = Math.max(most, ++active);
        await new Promise((resolve) => setTimeout(resolve, 30));
        active -= 1;
        done += 1;
      });
      await vi.waitFor(() => expect(done).toBe(9), { timeout: 5_000 });
      expect(most).toBe(4);
      await consumer.close();
    });

    it("goes on after a handler that failed", async () => {
      let got = 0;
      const consumer = hints.consume(async () => {
        got += 1;
        if (got === 1) throw new Error("a handler failed");
      });
      await addAll([hint(), hint()]);
      await vi.waitFor(() => expect(got).toBe(2));
      await consumer.close();
    });

    it("closes a consumer when its handlers have returned, and fetches nothing after", async () => {
      const events: string[] = [];
      const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
      const consumer = hints.consume(async () => {
        events.push("begun");
        await gate;
        events.push("returned");
      });
      await addAll([hint()]);
      await vi.waitFor(() => expect(events).toEqual(["begun"]));
      const closed = consumer.close().then(() => events.push("closed"));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await addAll([hint()]);
      openGate();
      await closed;
      expect(events).toEqual(["begun", "returned", "closed"]);
      let got = 0;
      const next = hints.consume(async () => void got++);
      await vi.waitFor(() => expect(got).toBe(1));
      await next.close();
    });
  });
}
