import { send, sendJson } from "@llamaagent/testing/api/send";
import { createTestAgents } from "@llamaagent/testing/api/test-agents";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface RunAnswer {
  run_id: string;
  state: string;
  stop_reason?: string;
  thread_id?: string;
}
type Outcome = { run: RunAnswer } | { error: { code: string; errors?: { pointer: string }[] } };

describe.each(topologies)("many runs, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await createTestAgents(api.url, ["hello", "slow"]);
  });
  afterAll(() => api?.close());

  const post = (path: string, body: unknown, headers = {}) =>
    sendJson(api.url, "POST", path, body, headers);
  const batch = async (body: unknown, headers = {}) =>
    ((await post("/runs/batch", body, headers)).json as { items: Outcome[] }).items;
  const idOf = (outcome: Outcome | undefined): string =>
    outcome && "run" in outcome ? outcome.run.run_id : "";
  const search = async (body: object) => {
    const { json, headers } = await post("/runs/search", body);
    const ids = (json as RunAnswer[]).map(({ run_id: id }) => id);
    return { ids, cursor: headers["x-next-cursor"] };
  };

  /** As a worker leaves a run whose unsafe call was cut off. */
  const letWait = (runId: string) =>
    api.context.db.system((tx) =>
      tx.query(
        `UPDATE runs SET state = 'waiting', stop_reason = 'effect_unknown', hint_due_at = NULL,
           look_at = now() + interval '7 days' WHERE run_id = $1`,
        [runId],
      ),
    );

  describe.runIf(isThere)("POST /runs/batch", () => {
    it("gives each its own outcome, in the order of the request", async () => {
      const items = await batch([
        { agent_id: "hello", input: "1" },
        { agent_id: "nobody" },
        { agent_id: "hello", colour: 1 },
        17,
        { agent_id: "hello", input: "2", metadata: { n: 2 } },
      ]);
      expect(items).toMatchObject([
        { run: { input: "1", state: "queued" } },
        { error: { code: "not_found", errors: [{ pointer: "/agent_id" }] } },
        { error: { code: "invalid_request", errors: [{ pointer: "/colour" }] } },
        { error: { code: "invalid_request" } },
        { run: { input: "2", metadata: { n: 2 } } },
      ]);
    });

    describe("keeps the order of those of one thread", () => {
      /** Six, of which the first makes the thread: what is admitted before it does not find the thread. */
      const sixOf = (thread_id: string, also = {}) =>
        Array.from({ length: 6 }, (_, n) => ({
          agent_id: "slow",
          thread_id,
          if_not_exists: n === 0 ? "create" : "reject",
          ...also,
        }));
      const withTurn = (thread_id: string) =>
        api.context.db.system(async (tx) => {
          const rows = await tx.query<{ run_id: string }>(
            `SELECT run_id FROM runs WHERE thread_id = $1 AND state = 'queued' AND NOT blocked`,
            [thread_id],
          );
          return rows.map(({ run_id: id }) => id);
        });

      // Whoever has to connect first is late, and in order by chance.
      beforeAll(async () => {
        const rest = () => api.context.db.system((tx) => tx.query(`SELECT pg_sleep(0.05)`));
        await Promise.all(Array.from({ length: 6 }, rest));
      });

      it("in their turns", async () => {
        const thread_id = uuidv7();
        const ids = (await batch(sixOf(thread_id))).map(idOf);
        for (const id of ids) {
          expect(await withTurn(thread_id)).toEqual([id]);
          await send(api.url, { method: "POST", path: `/runs/${id}/cancel` });
        }
        expect(await withTurn(thread_id)).toEqual([]);
      });

      it("where each ends the one before it", async () => {
        const thread_id = uuidv7();
        const six = sixOf(thread_id, { multitask_strategy: "interrupt" });
        const ids = (await batch(six)).map(idOf);
        expect(await withTurn(thread_id)).toEqual([ids[5]]);
        for (const id of ids.slice(0, 5))
          expect((await send(api.url, { path: `/runs/${id}` })).json).toMatchObject({
            stop_reason: "cancelled",
          });
        await post("/runs/cancel", { thread_id });
      });
    });

    it("answers a repeat with the runs that the first made", async () => {
      const key = { "idempotency-key": "batch-1" };
      const body = [{ agent_id: "hello" }, { agent_id: "nobody" }, { agent_id: "hello" }];
      const first = (await batch(body, key)).map(idOf);
      expect(new Set(first).size).toBe(3);
      expect((await batch(body, key)).map(idOf)).toEqual(first);
      for (const other of [
        body.slice(1),
        [...body, { agent_id: "hello" }],
        body.slice(1).toReversed(),
      ])
        expect(await post("/runs/batch", other, key)).toMatchObject({
          status: 422,
          json: { code: "idempotency_key_reused" },
        });
      expect((await post("/runs", body[0] ?? {}, key)).status).toBe(422);
    });

    it("takes a hundred and no more", async () => {
      const runs = (count: number) => Array.from({ length: count }, () => ({ agent_id: "hello" }));
      expect((await batch(runs(100))).map(idOf).filter(Boolean)).toHaveLength(100);
      for (const body of [runs(101), [], {}])
        expect(await post("/runs/batch", body)).toMatchObject({ status: 422 });
    });
  });

  describe.runIf(isThere)("POST /runs/search", () => {
    it("finds by metadata, agent, thread and status, newest first", async () => {
      const { json } = await post("/threads", {});
      const { thread_id } = json as { thread_id: string };
      const metadata = { search: "one" };
      const made = await batch([
        { agent_id: "hello", metadata },
        { agent_id: "slow", metadata: { ...metadata, n: 2 } },
        { agent_id: "hello", metadata, thread_id },
      ]);
      const [a, b, c] = made.map(idOf);
      expect((await search({ metadata })).ids).toEqual([c, b, a]);
      expect((await search({ metadata: { n: 2, search: "one" } })).ids).toEqual([b]);
      expect((await search({ metadata, agent_id: "hello" })).ids).toEqual([c, a]);
      expect((await search({ thread_id })).ids).toEqual([c]);
      expect((await search({ metadata, status: "pending" })).ids).toEqual([c, b, a]);
      await send(api.url, { method: "POST", path: `/runs/${b}/cancel` });
      expect((await search({ metadata, status: "interrupted" })).ids).toEqual([b]);
      expect((await search({ metadata, status: "success" })).ids).toEqual([]);
      expect((await search({ agent_id: "nobody" })).ids).toEqual([]);
      expect((await post("/runs/cancel", { agent_id: "nobody" })).json).toMatchObject({
        items: [],
      });
    });

    it("finds by state and stop reason, also what waits for a person", async () => {
      const metadata = { search: "states" };
      const made = await batch([1, 2, 3].map(() => ({ agent_id: "slow", metadata })));
      const [queued = "", waiting = "", ended = ""] = made.map(idOf);
      await letWait(waiting);
      await send(api.url, { method: "POST", path: `/runs/${ended}/cancel` });
      expect((await search({ state: "waiting" })).ids).toEqual([waiting]);
      expect((await search({ stop_reason: "effect_unknown" })).ids).toEqual([waiting]);
      expect((await search({ metadata, state: "queued" })).ids).toEqual([queued]);
      expect((await search({ metadata, state: "running" })).ids).toEqual([]);
      expect((await search({ metadata, state: "ended" })).ids).toEqual([ended]);
      expect((await search({ metadata, stop_reason: "cancelled" })).ids).toEqual([ended]);
      expect((await search({ state: "waiting", stop_reason: "cancelled" })).ids).toEqual([]);
      expect((await search({ status: "interrupted", state: "waiting" })).ids).toEqual([waiting]);
      await post("/runs/cancel", { metadata });
    });

    it("pages by offset, and by cursor to the end", async () => {
      const metadata = { search: "pages" };
      const made = (
        await batch(Array.from({ length: 7 }, () => ({ agent_id: "hello", metadata })))
      ).map(idOf);
      const newest = made.toSorted().toReversed();
      expect((await search({ metadata, limit: 3, offset: 2 })).ids).toEqual(newest.slice(2, 5));
      const seen: string[] = [];
      let cursor: string | string[] | undefined;
      do {
        const page = await search({ metadata, limit: 3, ...(cursor && { cursor }) });
        seen.push(...page.ids);
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(newest);
    });
  });

  describe.runIf(isThere)("POST /runs/cancel", () => {
    it("cancels by id, and says what came of each", async () => {
      const [a, b] = (await batch([{ agent_id: "slow" }, { agent_id: "slow" }])).map(idOf);
      await send(api.url, { method: "POST", path: `/runs/${b}/cancel` });
      const nobody = "01900000-0000-7000-8000-000000000000";
      expect((await post("/runs/cancel", { run_ids: [nobody, a, b] })).json).toEqual({
        items: [
          { run_id: nobody, outcome: "not_found" },
          { run_id: a, outcome: "cancelled" },
          { run_id: b, outcome: "ended" },
        ],
        has_more: false,
      });
    });

    it("cancels what matches and has not ended, as many as asked for", async () => {
      const metadata = { cancel: "these" };
      const made = await batch([
        ...[1, 2, 3].map(() => ({ agent_id: "slow", metadata })),
        { agent_id: "slow", metadata, after_seconds: 60 },
        { agent_id: "slow", metadata: { cancel: "not these" } },
      ]);
      const ids = made.map(idOf);
      const first = await post("/runs/cancel", { metadata, limit: 2 });
      expect(first.json).toMatchObject({
        items: [{ run_id: ids[0], outcome: "cancelled" }, { run_id: ids[1] }],
        has_more: true,
      });
      const rest = await post("/runs/cancel", { metadata });
      expect(rest.json).toMatchObject({
        items: [{ run_id: ids[2] }, { run_id: ids[3] }],
        has_more: false,
      });
      expect((await post("/runs/cancel", { metadata })).json).toEqual({
        items: [],
        has_more: false,
      });
      expect((await send(api.url, { path: `/runs/${ids[4]}` })).json).toMatchObject({
        state: "queued",
      });
    });
  });

  describe.runIf(isThere)("POST /runs/cancel by state", () => {
    it.each([{ state: "waiting" }, { stop_reason: "effect_unknown" }])(
      "%j cancels what waits, and nothing else",
      async (filter) => {
        const metadata = { cancel: "waiting", filter };
        const made = await batch([1, 2].map(() => ({ agent_id: "slow", metadata })));
        const [queued = "", waiting = ""] = made.map(idOf);
        await letWait(waiting);
        expect((await post("/runs/cancel", filter)).json).toEqual({
          items: [{ run_id: waiting, outcome: "cancelled" }],
          has_more: false,
        });
        expect((await post("/runs/cancel", { state: "ended", metadata })).json).toMatchObject({
          items: [],
        });
        expect((await search({ metadata, state: "queued" })).ids).toEqual([queued]);
      },
    );
  });

  describe.runIf(isThere)("POST /runs/cancel of all", () => {
    const all = async (limit: number) =>
      (await post("/runs/cancel", { all: true, limit })).json as {
        items: { run_id: string; outcome: string }[];
        has_more: boolean;
      };

    it("cancels what has not ended, whatever it is, and nothing else", async () => {
      // What other tests have left.
      while ((await all(100)).has_more);
      const made = await batch([
        { agent_id: "slow" },
        { agent_id: "hello", metadata: { n: 1 } },
        { agent_id: "slow", after_seconds: 60 },
        { agent_id: "slow" },
      ]);
      const [a = "", b = "", c = "", ended = ""] = made.map(idOf);
      await send(api.url, { method: "POST", path: `/runs/${ended}/cancel` });
      const cancelled = (ids: string[]) => ids.map((run_id) => ({ run_id, outcome: "cancelled" }));
      expect(await all(2)).toEqual({ items: cancelled([a, b]), has_more: true });
      expect(await all(2)).toEqual({ items: cancelled([c]), has_more: false });
      expect(await all(2)).toEqual({ items: [], has_more: false });
      expect((await search({ status: "pending" })).ids).toEqual([]);
    });
  });

  describe.runIf(isThere)("a request that an SDK repeats", () => {
    const again = { "x-stainless-retry-count": "1" };
    const create = async (body: object, headers = {}) =>
      ((await post("/runs", body, headers)).json as RunAnswer).run_id;

    it("answers with the run that it first made, on every route", async () => {
      const body = { agent_id: "hello", input: { q: [1, "a"] }, metadata: { b: 1, a: 2 } };
      const first = await create(body, { "x-stainless-retry-count": "0" });
      expect(await create(body, again)).toBe(first);
      expect(await create(body, { "retry-attempt": "2" })).toBe(first);
      const reordered = { metadata: { b: 1, a: 2 }, input: { q: [1, "a"] }, agent_id: "hello" };
      expect(await create(reordered, again)).toBe(first);
      const both = await Promise.all([1, 2, 3, 4].map(() => create(body, again)));
      expect(new Set(both)).toEqual(new Set([first]));
    });

    it("makes a run where there is none to be meant", async () => {
      const body = { agent_id: "hello", input: "never sent before" };
      const made = await Promise.all([1, 2, 3, 4].map(() => create(body, again)));
      expect(new Set(made).size).toBe(1);
      for (const other of [
        { ...body, input: "other" },
        { ...body, metadata: { n: 1 } },
        { ...body, agent_id: "slow" },
        { ...body, messages: [{ role: "user", content: "and" }] },
        { ...body, after_seconds: 60 },
        { ...body, priority: 3 },
        { ...body, webhook: "https://example.com/hook" },
        { ...body, multitask_strategy: "reject" },
        { ...body, if_not_exists: "create" },
      ])
        expect(made).not.toContain(await create(other, again));
      // Not said to be a repeat.
      expect(made).not.toContain(await create(body));
    });

    it("answers a batch with the runs that it first made, each of several of the same with one", async () => {
      const body = ["a", "b", "a", "a"].map((input) => ({
        agent_id: "hello",
        input: `batch ${input}`,
      }));
      const first = (await batch(body)).map(idOf);
      expect(new Set(first).size).toBe(4);
      const repeated = (await batch(body, again)).map(idOf);
      expect(repeated.toSorted()).toEqual(first.toSorted());
      expect(repeated[1]).toBe(first[1]);
      // Where the first was cut off before the end of it, the rest is made.
      const longer = [...body, { agent_id: "hello", input: "batch a" }];
      const rest = (await batch(longer, again)).map(idOf);
      expect(new Set([...rest, ...first]).size).toBe(5);
      expect((await batch(body)).map(idOf).filter((id) => rest.includes(id))).toEqual([]);
    });

    it("makes a new run where the first one was cancelled", async () => {
      const body = { agent_id: "slow", input: "cancelled since" };
      const first = await create(body);
      await send(api.url, { method: "POST", path: `/runs/${first}/cancel` });
      expect(await create(body, again)).not.toBe(first);
    });

    it("is for the key to say where there is one", async () => {
      const body = { agent_id: "hello", input: "with a key" };
      const first = await create(body);
      expect(await create(body, { ...again, "idempotency-key": "sdk" })).not.toBe(first);
    });
  });
});
