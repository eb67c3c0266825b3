import { readEvents } from "@llamaagent/testing/api/read-events";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { createTestAgents } from "@llamaagent/testing/api/test-agents";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface RunAnswer {
  run_id: string;
  state: string;
  stop_reason?: string;
  available_at?: string;
}

describe.each(topologies)("runs of one thread at once, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await createTestAgents(api.url, ["hello", "slow"]);
    await api.startWorker();
  });
  afterAll(() => api?.close());

  const newThread = () => ({ thread_id: uuidv7(), if_not_exists: "create" });
  const create = async (body: object) =>
    (await sendJson(api.url, "POST", "/runs", { input: "Hi", ...body })).json as RunAnswer;
  const read = async (id: string) => send(api.url, { path: `/runs/${id}` });
  const isRunning = (id: string) =>
    expect
      .poll(async () => ((await read(id)).json as RunAnswer).state, { timeout: 20_000 })
      .toBe("running");

  describe.runIf(isThere)("multitask_strategy", () => {
    it("reject answers 409 on a busy thread, on every route", async () => {
      const thread = newThread();
      const { run_id: id } = await create({ agent_id: "slow", ...thread });
      for (const route of ["/runs", "/runs/wait", "/runs/stream"]) {
        const body = { agent_id: "hello", ...thread, multitask_strategy: "reject" };
        expect(await sendJson(api.url, "POST", route, body)).toMatchObject({
          status: 409,
          json: { code: "conflict", errors: [{ pointer: "/multitask_strategy" }] },
        });
      }
      await send(api.url, { method: "POST", path: `/runs/${id}/cancel` });
    });

    it("interrupt ends a run at work, whose readers see its end, and the next one goes on", async () => {
      const thread = newThread();
      const { run_id: id } = await create({ agent_id: "slow", input: "old", ...thread });
      await isRunning(id);
      const stream = readEvents(`${api.url}/runs/${id}/stream`);
      const wait = send(api.url, { path: `/runs/${id}/wait` });
      const body = { agent_id: "hello", input: "new", ...thread, multitask_strategy: "interrupt" };
      const next = await sendJson(api.url, "POST", "/runs/wait", body);
      expect(next).toMatchObject({ status: 200, json: { run: { status: "success" } } });
      expect((await stream).events.at(-1)).toMatchObject({ event: "run.cancelled" });
      expect(await wait).toMatchObject({
        status: 200,
        json: {
          run: { status: "interrupted", state: "ended" },
          messages: [{ role: "user", content: "old" }],
        },
      });
      const { json } = await send(api.url, { path: `/threads/${thread.thread_id}` });
      expect(json).toMatchObject({
        status: "idle",
        messages: [{ content: "new" }, { content: "Hello" }],
      });
    });

    it("rollback removes a run at work, whose readers are told", async () => {
      const thread = newThread();
      const { run_id: id } = await create({ agent_id: "slow", ...thread });
      await isRunning(id);
      const stream = readEvents(`${api.url}/runs/${id}/stream`);
      const wait = send(api.url, { path: `/runs/${id}/wait` });
      await create({ agent_id: "hello", ...thread, multitask_strategy: "rollback" });
      expect((await stream).events.at(-1)).toMatchObject({ event: "run.cancelled" });
      expect((await wait).status).toBe(404);
      expect((await read(id)).status).toBe(404);
    });
  });

  describe.runIf(isThere)("removing a run", () => {
    it("cancel with rollback removes a run at work", async () => {
      const { run_id: id } = await create({ agent_id: "slow", ...newThread() });
      await isRunning(id);
      const path = `/runs/${id}/cancel?action=rollback&wait=true`;
      expect((await send(api.url, { method: "POST", path })).status).toBe(204);
      expect((await read(id)).status).toBe(404);
      expect((await send(api.url, { method: "POST", path })).status).toBe(404);
    });

    it("DELETE removes a run that ended, and one at work", async () => {
      const { run_id: ended } = await create({ agent_id: "hello" });
      await send(api.url, { path: `/runs/${ended}/wait` });
      const { run_id: atWork } = await create({ agent_id: "slow" });
      await isRunning(atWork);
      for (const id of [ended, atWork]) {
        const remove = () => send(api.url, { method: "DELETE", path: `/runs/${id}` });
        expect((await remove()).status).toBe(204);
        expect((await remove()).status).toBe(404);
        expect((await read(id)).status).toBe(404);
        expect((await send(api.url, { path: `/runs/${id}/steps` })).status).toBe(404);
      }
    });

    it("a key whose run was removed answers 409", async () => {
      const key = { "idempotency-key": uuidv7() };
      const body = { agent_id: "hello" };
      const first = (await sendJson(api.url, "POST", "/runs", body, key)).json as RunAnswer;
      await send(api.url, { method: "DELETE", path: `/runs/${first.run_id}` });
      expect((await sendJson(api.url, "POST", "/runs", body, key)).status).toBe(409);
    });
  });

  it.runIf(isThere)("after_seconds: it starts then, and no sooner", async () => {
    const before = Date.now();
    const run = await create({ agent_id: "hello", after_seconds: 1.5 });
    expect(run).toMatchObject({ state: "queued", available_at: expect.any(String) });
    const { json } = await send(api.url, { path: `/runs/${run.run_id}/wait` });
    const { run: ended } = json as { run: RunAnswer & { started_at: string } };
    expect(ended).toMatchObject({ stop_reason: "completed" });
    expect(ended.available_at).toBeUndefined();
    // A second's worth of difference between the clocks of test and database would show here.
    expect(Date.parse(ended.started_at) - before).toBeGreaterThanOrEqual(1_400);
  });
});
