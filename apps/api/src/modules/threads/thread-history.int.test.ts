import { send, sendJson } from "@llamaagent/testing/api/send";
import { createTestAgents } from "@llamaagent/testing/api/test-agents";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface State {
  checkpoint: { checkpoint_id: string };
  messages: { content: unknown }[];
}
interface Waited {
  run: { run_id: string };
}
interface Thread {
  thread_id: string;
  messages: { content: unknown }[];
}

describe.each(topologies)("what threads were, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await createTestAgents(api.url, ["hello", "slow"]);
    await api.startWorker();
  });
  afterAll(() => api?.close());

  const json = async (method: string, path: string, body?: object) => {
    const answer =
      body === undefined
        ? await send(api.url, { method, path })
        : await sendJson(api.url, method, path, body);
    return answer;
  };
  const newThread = async (metadata = {}): Promise<string> =>
    ((await json("POST", "/threads", { metadata })).json as Thread).thread_id;
  const say = async (thread_id: string, input: string, more = {}): Promise<string> => {
    const body = { agent_id: "hello", thread_id, input, ...more };
    return ((await json("POST", "/runs/wait", body)).json as Waited).run.run_id;
  };
  const words = ({ messages }: { messages: { content: unknown }[] }) =>
    messages.map(({ content }) => content);
  const thread = async (id: string) => (await json("GET", `/threads/${id}`)).json as Thread;
  const history = async (id: string, query = "") =>
    (await json("GET", `/threads/${id}/history${query}`)).json as State[];

  describe.runIf(isThere)("over HTTP", () => {
    it("lists the states, in pages, and reads one", async () => {
      const id = await newThread();
      const first = await say(id, "1");
      const second = await say(id, "2");
      const states = await history(id);
      expect(states.map(({ checkpoint }) => checkpoint.checkpoint_id)).toEqual([second, first]);
      expect(await history(id, `?limit=1&before=${second}`)).toEqual(states.slice(1));
      const one = await json("GET", `/threads/${id}/state?checkpoint_id=${first}`);
      expect(one).toMatchObject({ status: 200, json: states[1] as object });
      expect((await json("GET", `/threads/${id}/state`)).json).toEqual(states[0]);
      const unknown = await json("GET", `/threads/${id}/state?checkpoint_id=${id}`);
      expect(unknown).toMatchObject({
        status: 404,
        json: { errors: [{ pointer: "/query/checkpoint_id" }] },
      });
    });

    it("starts a run from a checkpoint, and forks one, on what its thread was", async () => {
      const id = await newThread();
      const first = await say(id, "1");
      const second = await say(id, "2");
      await say(id, "3", { checkpoint: { checkpoint_id: first } });
      expect(words(await thread(id))).toEqual(["1", "Hello", "3", "Hello"]);

      const fork = await json("POST", `/runs/${second}/fork`, { input: "2, but better" });
      expect(fork).toMatchObject({ status: 200, json: { checkpoint: { checkpoint_id: first } } });
      const { run_id: forkId } = fork.json as { run_id: string };
      await json("GET", `/runs/${forkId}/wait`);
      expect(words(await thread(id))).toEqual(["1", "Hello", "2, but better", "Hello"]);

      // The same once more, without a body.
      const again = await json("POST", `/runs/${first}/fork`);
      await json("GET", `/runs/${(again.json as { run_id: string }).run_id}/wait`);
      expect(words(await thread(id))).toEqual(["1", "Hello"]);
    });

    it("forks once where an SDK or a key says that it is the same request", async () => {
      const id = await newThread();
      const first = await say(id, "1");
      const fork = async (body: object, headers: Record<string, string> = {}) =>
        (await sendJson(api.url, "POST", `/runs/${first}/fork`, body, headers)).json as {
          run_id: string;
          code?: string;
        };
      const again = { "x-stainless-retry-count": "1" };
      const { run_id: one } = await fork({ input: "2" });
      expect((await fork({ input: "2" }, again)).run_id).toBe(one);
      expect((await fork({ input: "3" }, again)).run_id).not.toBe(one);
      expect((await fork({ input: "2" })).run_id).not.toBe(one);
      const key = { "idempotency-key": "fork" };
      const { run_id: keyed } = await fork({ input: "2" }, key);
      expect((await fork({ input: "2" }, key)).run_id).toBe(keyed);
      expect((await fork({ input: "3" }, key)).code).toBe("idempotency_key_reused");
    });

    it("forks a run with its webhook, its priority and what becomes of the thread", async () => {
      const id = await newThread();
      const kept = {
        webhook: "https://receiver.invalid/hook",
        webhook_events: ["run.failed"],
        priority: 3,
        on_completion: "keep",
        metadata: { ticket: 17 },
      };
      const first = await say(id, "1", kept);
      const fork = await json("POST", `/runs/${first}/fork`, { metadata: { ticket: 18 } });
      expect(fork).toMatchObject({ status: 200, json: { ...kept, metadata: { ticket: 18 } } });
    });

    it("forks no run whose agent is gone", async () => {
      await json("POST", "/agents", { name: "leaving", model: "test/hello" });
      const id = await newThread();
      const first = await say(id, "1", { agent_id: "leaving" });
      await json("DELETE", "/agents/leaving");
      const fork = await json("POST", `/runs/${first}/fork`, { input: "2" });
      expect(fork).toMatchObject({ status: 409, json: { code: "conflict" } });
      expect(fork.json).not.toHaveProperty("errors");
    });

    it("forks no run that changed no thread", async () => {
      const { json: run } = await json("POST", "/runs", { agent_id: "hello" });
      const path = `/runs/${(run as { run_id: string }).run_id}/fork`;
      expect(await json("POST", path)).toMatchObject({ status: 409, json: { code: "conflict" } });
    });

    it("changes a thread, and copies it", async () => {
      const id = await newThread({ topic: "a" });
      await say(id, "1");
      const change = {
        metadata: { state: "open" },
        values: { n: 1 },
        messages: [{ role: "user", content: "by the way" }],
      };
      const changed = await json("PATCH", `/threads/${id}`, change);
      expect(changed).toMatchObject({
        status: 200,
        json: { metadata: { topic: "a", state: "open" }, values: { n: 1 } },
      });
      const file = { headers: { "content-type": "text/plain" }, body: "Caching is on." };
      const path = `/threads/${id}/files/a/notes.txt`;
      await send(api.url, { method: "PUT", path, ...file });
      const copy = await json("POST", `/threads/${id}/copy`);
      const { thread_id: copyId } = copy.json as Thread;
      expect(copy.headers.location).toBe(`/threads/${copyId}`);
      expect(copyId).not.toBe(id);
      expect(words(copy.json as Thread)).toEqual(["1", "Hello", "by the way"]);
      expect(await history(copyId)).toEqual(await history(id));
      expect((await json("DELETE", `/threads/${id}`)).status).toBe(204);
      const copied = await send(api.url, { path: `/threads/${copyId}/files/a/notes.txt` });
      expect(copied).toMatchObject({ status: 200, text: file.body });
      expect(copied.headers["content-type"]).toMatch(/^text\/plain/);
    });

    it("is changed piece by piece up to 2 MiB of metadata, and as much of values", async () => {
      const id = await newThread();
      const text = "x".repeat(1_000_000);
      for (const key of ["a", "b"])
        for (const change of [{ metadata: { [key]: text } }, { values: { [key]: text } }])
          expect((await json("PATCH", `/threads/${id}`, change)).status).toBe(200);
      for (const field of ["metadata", "values"]) {
        const more = { [field]: { c: text }, messages: [{ role: "user", content: "and this" }] };
        expect(await json("PATCH", `/threads/${id}`, more)).toMatchObject({
          status: 422,
          json: { code: "invalid_request", errors: [{ pointer: `/${field}` }] },
        });
      }
      expect(words(await thread(id))).toEqual([]);
      const smaller = { metadata: { a: "" }, values: { a: "" } };
      expect((await json("PATCH", `/threads/${id}`, smaller)).status).toBe(200);
    });

    it("finds threads by metadata, values and status", async () => {
      const topic = `t ${Math.random()}`;
      const [a, b] = [await newThread({ topic, n: 1 }), await newThread({ topic, n: 2 })];
      await json("PATCH", `/threads/${a}`, { values: { done: true } });
      const found = async (search: object) =>
        ((await json("POST", "/threads/search", search)).json as Thread[]).map(
          (one) => one.thread_id,
        );
      expect(await found({ metadata: { topic } })).toEqual([b, a]);
      expect(await found({ metadata: { topic }, limit: 1, offset: 1 })).toEqual([a]);
      expect(await found({ metadata: { topic, n: 2 } })).toEqual([b]);
      expect(await found({ metadata: { topic }, values: { done: true } })).toEqual([a]);
      expect(await found({ metadata: { topic }, status: "busy" })).toEqual([]);
      const [one] = (await json("POST", "/threads/search", { metadata: { topic } }))
        .json as object[];
      expect(one).not.toHaveProperty("messages");
    });

    it("deletes a thread with its runs, at work or ended, whose readers are told", async () => {
      const id = await newThread();
      const ended = await say(id, "1");
      const { json: created } = await json("POST", "/runs", { agent_id: "slow", thread_id: id });
      const { run_id: atWork } = created as { run_id: string };
      const wait = json("GET", `/runs/${atWork}/wait`);
      await expect
        .poll(async () => (await json("GET", `/runs/${atWork}`)).json, { timeout: 20_000 })
        .toMatchObject({ state: "running" });
      expect((await json("DELETE", `/threads/${id}`)).status).toBe(204);
      expect((await wait).status).toBe(404);
      for (const path of [`/threads/${id}`, `/runs/${ended}`, `/runs/${atWork}`])
        expect((await json("GET", path)).status).toBe(404);
      expect((await json("DELETE", `/threads/${id}`)).status).toBe(404);
    });

    it("on_completion: delete takes the thread with the run", async () => {
      const id = await newThread();
      const run = await say(id, "1", { on_completion: "delete" });
      expect((await json("GET", `/threads/${id}`)).status).toBe(404);
      expect((await json("GET", `/runs/${run}/wait`)).json).toMatchObject({
        run: { status: "success", on_completion: "delete" },
        messages: [{ content: "1" }, { content: "Hello" }],
      });
    });

    it("reads the run of a thread that it took with it under the thread's path, and lists it no more", async () => {
      const id = await newThread();
      const run = await say(id, "1", { on_completion: "delete" });
      const ofThread = { status: 200, json: { run_id: run, thread_id: id } };
      expect(await json("GET", `/threads/${id}/runs/${run}`)).toMatchObject(ofThread);
      const next = await say(id, "2", { if_not_exists: "create" });
      expect(await json("GET", `/threads/${id}/runs/${run}`)).toMatchObject(ofThread);
      expect((await json("GET", `/threads/${id}/runs`)).json).toMatchObject({
        items: [{ run_id: next }],
      });
    });
  });
});
