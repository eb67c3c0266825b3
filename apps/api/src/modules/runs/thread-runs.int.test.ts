import { readEvents } from "@llamaagent/testing/api/read-events";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface RunAnswer {
  run_id: string;
  thread_id?: string;
}

describe.each(topologies)("the runs of a thread, $name", ({ isThere, start }) => {
  let api: TestApi;
  let thread: string;
  let other: string;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await sendJson(api.url, "POST", "/agents", { name: "hello", model: "test/hello" });
    await sendJson(api.url, "POST", "/agents", { name: "slow", model: "test/slow" });
    await api.startWorker();
    [thread = "", other = ""] = await Promise.all(
      [1, 2].map(async () => {
        const { json } = await sendJson(api.url, "POST", "/threads", {});
        return `/threads/${(json as { thread_id: string }).thread_id}`;
      }),
    );
  });
  afterAll(() => api?.close());

  const get = (path: string) => send(api.url, { path });
  const body = { agent_id: "hello", input: "Hi" };

  describe.runIf(isThere)("under its own path", () => {
    it("are started, waited for and streamed, as on /runs", async () => {
      const created = await sendJson(api.url, "POST", `${thread}/runs`, body);
      expect(created.status).toBe(200);
      const { run_id: first, thread_id: id } = created.json as RunAnswer;
      expect(thread).toBe(`/threads/${id}`);
      const waited = await sendJson(api.url, "POST", `${thread}/runs/wait`, body);
      expect(waited.json).toMatchObject({ run: { thread_id: id, status: "success" } });
      const stream = await readEvents(`${api.url}${thread}/runs/stream`, body);
      expect(stream.events.at(-1)).toMatchObject({ event: "run.completed" });
      expect((await get(`${thread}/runs/${first}`)).json).toMatchObject({ run_id: first });
      expect((await get(`${thread}/runs/${first}/wait`)).status).toBe(200);
      const again = await readEvents(`${api.url}${thread}/runs/${first}/stream`);
      expect(again.events.at(-1)).toMatchObject({ event: "run.completed" });
    });

    it("are listed, newest first, in pages", async () => {
      const all = (await get(`${thread}/runs`)).json as { items: RunAnswer[] };
      const ids = all.items.map(({ run_id: id }) => id);
      expect(ids).toEqual(ids.toSorted().toReversed());
      const page = (await get(`${thread}/runs?limit=2`)).json as {
        items: RunAnswer[];
        next_cursor: string;
      };
      const rest = (await get(`${thread}/runs?limit=2&cursor=${page.next_cursor}`)).json as {
        items: RunAnswer[];
      };
      expect([...page.items, ...rest.items]).toEqual(all.items);
      expect((await get(`${thread}/runs?status=error`)).json).toEqual({ items: [] });
      expect((await get(`${thread}/runs?state=waiting`)).json).toEqual({ items: [] });
      expect((await get(`${thread}/runs?state=ended&stop_reason=completed`)).json).toEqual(all);
      expect((await get(`${thread}/runs?stop_reason=cancelled`)).json).toEqual({ items: [] });
      expect(await get(`${thread}/runs?state=asleep`)).toMatchObject({
        status: 422,
        json: { errors: [{ pointer: "/query/state" }] },
      });
    });

    it("are not found under another thread's path", async () => {
      const { json } = await sendJson(api.url, "POST", `${thread}/runs`, body);
      const { run_id: id } = json as RunAnswer;
      for (const path of [
        `${other}/runs/${id}`,
        `${other}/runs/${id}/wait`,
        `${other}/runs/${id}/stream`,
      ])
        expect((await get(path)).status).toBe(404);
      const path = `${other}/runs/${id}`;
      expect((await send(api.url, { method: "DELETE", path })).status).toBe(404);
      for (const verb of ["cancel", "retry", "fork"])
        expect((await send(api.url, { method: "POST", path: `${path}/${verb}` })).status).toBe(404);
      expect((await get(`/runs/${id}`)).status).toBe(200);
    });

    it("are forked there, and retried where they did not complete", async () => {
      const { json } = await sendJson(api.url, "POST", `${thread}/runs/wait`, body);
      const { run_id: id } = (json as { run: RunAnswer }).run;
      const fork = await sendJson(api.url, "POST", `${thread}/runs/${id}/fork`, {});
      expect(fork.json).toMatchObject({ thread_id: thread.slice("/threads/".length) });
      const retry = await sendJson(api.url, "POST", `${thread}/runs/${id}/retry`, {});
      expect(retry).toMatchObject({ status: 409, json: { code: "conflict" } });
    });

    it("are the same again where an SDK says that it repeats itself", async () => {
      const marked = { "x-stainless-retry-count": "1" };
      const asked = { ...body, metadata: { asked: "again" } };
      const create = async (path: string, headers = {}) =>
        ((await sendJson(api.url, "POST", `${path}/runs`, asked, headers)).json as RunAnswer)
          .run_id;
      const first = await create(thread);
      expect(await create(thread, marked)).toBe(first);
      expect(await create(other, marked)).not.toBe(first);
    });

    it("heed `multitask_strategy`", async () => {
      const { json } = await sendJson(api.url, "POST", "/threads", {});
      const path = `/threads/${(json as { thread_id: string }).thread_id}/runs`;
      const ask = async (fields: object) => {
        const asked = { agent_id: "slow", input: "Hi", ...fields };
        return sendJson(api.url, "POST", path, asked);
      };
      const { run_id: first } = (await ask({})).json as RunAnswer;
      expect((await ask({ multitask_strategy: "reject" })).status).toBe(409);
      const { run_id: second } = (await ask({ multitask_strategy: "interrupt" })).json as RunAnswer;
      expect((await get(`${path}/${first}`)).json).toMatchObject({ stop_reason: "cancelled" });
      expect((await ask({ multitask_strategy: "rollback" })).status).toBe(200);
      expect((await get(`${path}/${second}`)).status).toBe(404);
    });

    it("are the same in capitals", async () => {
      const capitals = `/threads/${thread.slice("/threads/".length).toUpperCase()}`;
      const { json } = await sendJson(api.url, "POST", `${capitals}/runs`, body);
      const { run_id: id, thread_id: threadId } = json as RunAnswer;
      expect(`/threads/${threadId}`).toBe(thread);
      const named = { ...body, thread_id: String(threadId).toUpperCase() };
      expect((await sendJson(api.url, "POST", `${thread}/runs`, named)).status).toBe(200);
      const run = `${capitals}/runs/${id.toUpperCase()}`;
      expect((await get(`${run}/wait`)).json).toMatchObject({ run: { run_id: id } });
      const stream = await readEvents(`${api.url}${run}/stream`);
      expect(stream.events.at(-1)).toMatchObject({ event: "run.completed" });
    });

    it("refuse a body that names another thread, and a thread that is not there", async () => {
      const named = { ...body, thread_id: other.slice("/threads/".length) };
      expect(await sendJson(api.url, "POST", `${thread}/runs`, named)).toMatchObject({
        status: 422,
        json: { errors: [{ pointer: "/thread_id" }] },
      });
      const nobody = "/threads/01900000-0000-7000-8000-000000000000/runs";
      expect((await sendJson(api.url, "POST", nobody, body)).status).toBe(404);
      expect(await get(nobody)).toMatchObject({ status: 404, json: { code: "not_found" } });
      const key = { "idempotency-key": "one of a thread" };
      const [a, b] = [
        await sendJson(api.url, "POST", `${thread}/runs`, body, key),
        await sendJson(api.url, "POST", `${thread}/runs`, body, key),
      ];
      expect((a.json as RunAnswer).run_id).toBe((b.json as RunAnswer).run_id);
      const elsewhere = await sendJson(api.url, "POST", `${other}/runs`, body, key);
      expect(elsewhere.status).toBe(422);
    });
  });
});
