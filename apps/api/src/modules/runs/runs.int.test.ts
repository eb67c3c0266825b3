import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEvents } from "@llamaagent/testing/api/read-events";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

interface RunAnswer {
  run_id: string;
  status: string;
  state: string;
  input?: unknown;
}

describe.each(topologies)("runs, $name", ({ isThere, start }) => {
  let api: TestApi;
  let threadId: string;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await sendJson(api.url, "POST", "/agents", { name: "hello", model: "test/hello" });
    await sendJson(api.url, "POST", "/agents", { name: "slow", model: "test/slow" });
    const thread = await sendJson(api.url, "POST", "/threads", {});
    threadId = (thread.json as { thread_id: string }).thread_id;
  });
  afterAll(() => api?.close());

  async function createRun(body: object, headers = {}): Promise<RunAnswer> {
    const answer = await sendJson(api.url, "POST", "/runs", body, headers);
    expect(answer.status).toBe(200);
    return answer.json as RunAnswer;
  }
  const readRun = async (id: string) =>
    (await send(api.url, { path: `/runs/${id}` })).json as RunAnswer;

  describe.runIf(isThere)("before a worker is there", () => {
    it("admits a run and says where it is", async () => {
      const body = { agent_id: "hello", input: "Hi", metadata: { n: 1 } };
      const answer = await sendJson(api.url, "POST", "/runs", body);
      const run = answer.json as RunAnswer & { created_at: string };
      expect(answer.status).toBe(200);
      expect(answer.headers.location).toBe(`/runs/${run.run_id}`);
      expect(answer.headers["content-location"]).toBe(`/runs/${run.run_id}`);
      expect(run).toEqual({
        run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        agent_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        agent_version: 1,
        status: "pending",
        state: "queued",
        input: "Hi",
        metadata: { n: 1 },
        created_at: run.created_at,
        updated_at: run.created_at,
      });
      expect(await readRun(run.run_id)).toEqual(run);
    });

    it("accepts what the Agent Protocol's server sets, and ignores it", async () => {
      const given = { run_id: "x", created_at: "then", updated_at: "now", status: "success" };
      const run = await createRun({
        agent_id: "hello",
        input: null,
        config: {},
        stream_mode: ["events"],
        ...given,
      });
      expect(run).toMatchObject({
        status: "pending",
        run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(run).not.toHaveProperty("input");
    });

    it.each([
      ["NUL", "a\u0000b"],
      ["lone surrogates", "\ud800 and \udfff"],
      ["astral letters and line separators", "😀\u2028\u2029\r\n\t"],
      ["JSON that looks like an escape", "\\u0000"],
      ["keys in their order", { b: 1, a: { "\u0000": [null, -0.5, 1e300] }, "": "" }],
    ])("keeps an input with %s as it was sent", async (_name, input) => {
      const { run_id: id } = await createRun({ agent_id: "hello", input });
      const { text } = await send(api.url, { path: `/runs/${id}` });
      expect(text).toContain(`"input":${JSON.stringify(input)}`);
    });

    it("answers the same key and body with the same run, on every route", async () => {
      const key = { "idempotency-key": "k1" };
      const first = await createRun({ agent_id: "hello", input: { a: 1, b: 2 } }, key);
      const again = await createRun(
        { input: { b: 2, a: 1 }, agent_id: "hello", stream_mode: "events" },
        key,
      );
      expect(again.run_id).toBe(first.run_id);
      const other = await sendJson(
        api.url,
        "POST",
        "/runs",
        { agent_id: "hello", input: "x" },
        key,
      );
      expect(other).toMatchObject({ status: 422, json: { code: "idempotency_key_reused" } });
      const both = await Promise.all(
        [1, 2, 3, 4].map(() => createRun({ agent_id: "hello" }, { "idempotency-key": "k2" })),
      );
      expect(new Set(both.map(({ run_id: id }) => id)).size).toBe(1);
    });

    it("cancels a queued run, once", async () => {
      const { run_id: id } = await createRun({ agent_id: "slow", input: "a" });
      const cancel = { method: "POST", path: `/runs/${id}/cancel` };
      expect((await send(api.url, cancel)).status).toBe(204);
      expect((await sendJson(api.url, "POST", `/runs/${id}/cancel`, {})).status).toBe(204);
      const waited = await send(api.url, { path: `/runs/${id}/wait` });
      expect(waited).toMatchObject({
        status: 200,
        json: { run: { status: "interrupted", state: "ended" }, values: {} },
      });
    });

    it("refuses to settle a step of a run that does not wait", async () => {
      const { run_id: id } = await createRun({ agent_id: "hello" });
      const body = { step_key: "model/0", outcome: "not_done" };
      expect(await sendJson(api.url, "POST", `/runs/${id}/resume`, body)).toMatchObject({
        status: 409,
        json: { code: "conflict" },
      });
    });

    it("has no steps of a run that has not begun", async () => {
      const { run_id: id } = await createRun({ agent_id: "hello" });
      expect((await send(api.url, { path: `/runs/${id}/steps` })).json).toEqual({ items: [] });
    });
  });

  describe.runIf(isThere)("with a worker", () => {
    beforeAll(() => api.startWorker());

    it("waits for the end of a run whose id is in capitals", async () => {
      const { json } = await sendJson(api.url, "POST", "/runs", { agent_id: "hello", input: "Hi" });
      const { run_id: runId } = json as { run_id: string };
      const answer = await send(api.url, { path: `/runs/${runId.toUpperCase()}/wait` });
      expect(answer).toMatchObject({ status: 200, json: { run: { run_id: runId } } });
    });

    it("waits for the end of a run", async () => {
      const body = { agent_id: "hello", input: "Hi", thread_id: threadId };
      const answer = await sendJson(api.url, "POST", "/runs/wait", body);
      expect(answer).toMatchObject({
        status: 200,
        json: {
          run: { status: "success", state: "ended", stop_reason: "completed", output: "Hello" },
          values: { output: "Hello" },
          messages: [
            { role: "user", content: "Hi" },
            { role: "assistant", content: "Hello" },
          ],
        },
      });
      const thread = await send(api.url, { path: `/threads/${threadId}` });
      expect(thread.json).toMatchObject({
        status: "idle",
        messages: [{ content: "Hi" }, { content: "Hello" }],
      });
    });

    it("streams a run from its first event to its last", async () => {
      const stream = await readEvents(`${api.url}/runs/stream`, { agent_id: "hello", input: "Hi" });
      expect(stream.headers).toMatchObject({
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        "content-location": expect.stringMatching(/^\/runs\/[0-9a-f-]{36}$/),
        "x-request-id": expect.any(String),
        "x-content-type-options": "nosniff",
      });
      expect(stream.headers).not.toHaveProperty("content-encoding");
      expect(stream.events.map(({ id, event }) => `${id} ${event}`)).toEqual([
        "0-1 run.queued",
        "1-1 run.started",
        "1-2 message.started",
        "1-3 message.delta",
        "1-4 message.delta",
        "1-5 message.completed",
        "1-6 usage.updated",
        "1-7 run.completed",
      ]);
    });

    it("reads on after any event, with the same bytes, by header or query", async () => {
      const path = (await createRun({ agent_id: "hello", input: "Hi" })).run_id;
      const url = `${api.url}/runs/${path}/stream`;
      const whole = await readEvents(url);
      for (const [index, { id }] of whole.events.entries()) {
        const rest = whole.events.slice(index + 1);
        expect((await readEvents(`${url}?after=${id}`)).events).toEqual(rest);
        expect((await readEvents(url, undefined, { "last-event-id": id })).events).toEqual(rest);
      }
      const both = await readEvents(`${url}?after=1-1`, undefined, { "last-event-id": "1-6" });
      expect(both.events.map(({ id }) => id)).toEqual(["1-7"]);
    });

    it("refuses a position that the run cannot have", async () => {
      const { run_id: id } = await createRun({ agent_id: "hello" });
      await send(api.url, { path: `/runs/${id}/wait` });
      for (const after of ["1-99", "7-1", "2147483647-2147483647"])
        expect(await send(api.url, { path: `/runs/${id}/stream?after=${after}` })).toMatchObject({
          status: 422,
          json: { code: "invalid_event_id" },
        });
    });

    it("lists a run's steps", async () => {
      const { run_id: id } = await createRun({ agent_id: "hello", input: "Hi" });
      await send(api.url, { path: `/runs/${id}/wait` });
      expect((await send(api.url, { path: `/runs/${id}/steps` })).json).toMatchObject({
        items: [{ step_key: "model/0", kind: "model", effect: "none", state: "done" }],
      });
    });

    it("shows the step at which a run failed", async () => {
      const failing = { name: "failing", model: "test/fails", tools: ["echo"] };
      await sendJson(api.url, "POST", "/agents", failing);
      const { run_id: id } = await createRun({ agent_id: "failing", input: "Hi" });
      await send(api.url, { path: `/runs/${id}/wait` });
      const { items } = (await send(api.url, { path: `/runs/${id}/steps` })).json as {
        items: { step_key: string; state: string }[];
      };
      const failed = items.pop();
      expect(failed).toMatchObject({ kind: "model", state: "failed" });
      expect(new Set(items.map(({ state }) => state))).toEqual(new Set(["done"]));
      expect(items.map((step) => step.step_key)).not.toContain(failed?.step_key);
    });

    it("cancels a run at work and waits for its end where asked to", async () => {
      const { run_id: id } = await createRun({ agent_id: "slow", input: "a" });
      const stream = readEvents(`${api.url}/runs/${id}/stream`);
      await expect.poll(async () => (await readRun(id)).state, { timeout: 20_000 }).toBe("running");
      await send(api.url, { method: "POST", path: `/runs/${id}/cancel?wait=true` });
      expect(await readRun(id)).toMatchObject({ state: "ended", status: "interrupted" });
      expect((await stream).events.at(-1)).toMatchObject({ event: "run.cancelled" });
    });

    it("pins the version that the run began with", async () => {
      await sendJson(api.url, "POST", "/agents", { name: "pinned", model: "test/hello" });
      const before = await createRun({ agent_id: "pinned" });
      await sendJson(api.url, "PATCH", "/agents/pinned", { instructions: "new" });
      const after = await createRun({ agent_id: "pinned" });
      expect([before, after]).toMatchObject([{ agent_version: 1 }, { agent_version: 2 }]);
    });
  });
});
