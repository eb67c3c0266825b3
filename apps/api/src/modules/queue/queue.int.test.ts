import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface RunAnswer {
  run_id: string;
  stop_reason?: string;
}

interface QueueRates {
  claims_per_second: number;
  workers: { claims_per_second: number }[];
}

describe.each(topologies)("the queue, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start();
    await sendJson(api.url, "POST", "/agents", { name: "hello", model: "test/hello" });
    await sendJson(api.url, "POST", "/agents", { name: "broken", model: "test/broken" });
  });
  afterAll(() => api?.close());

  const get = async (path: string) => (await send(api.url, { path })).json;
  const create = async (body: object) =>
    ((await sendJson(api.url, "POST", "/runs", body)).json as RunAnswer).run_id;

  it.runIf(isThere)("says what waits, for how long, and who is there to take it", async () => {
    const before = await get("/queue/stats");
    expect(before).toMatchObject({ queued: 0, running: 0, workers: [], claims_per_second: 0 });
    const oldest = await create({ agent_id: "hello" });
    await create({ agent_id: "hello", after_seconds: 60 });
    const { json } = await sendJson(api.url, "POST", "/threads", {});
    const { thread_id } = json as { thread_id: string };
    for (let n = 0; n < 2; n += 1) await create({ agent_id: "hello", thread_id });
    await api.context.db.system((tx) =>
      tx.query(`UPDATE runs SET updated_at = now() - interval '100 s' WHERE run_id = $1`, [oldest]),
    );
    const stats = (await get("/queue/stats")) as { oldest_wait_seconds: number };
    expect(stats.oldest_wait_seconds).toBeGreaterThanOrEqual(100);
    expect(stats.oldest_wait_seconds).toBeLessThan(200);
    expect(stats).toMatchObject({
      queued: 2,
      blocked: 1,
      delayed: 1,
      running: 0,
      waiting: 0,
    });
    await api.startWorker();
    await expect
      .poll(() => get("/queue/stats"), { timeout: 20_000 })
      .toMatchObject({
        queued: 0,
        blocked: 0,
        delayed: 1,
        oldest_wait_seconds: 0,
        workers: [{ tools: expect.arrayContaining(["echo"]), providers: expect.any(Array) }],
      });
    // Told with the worker's next sign of life.
    await expect
      .poll(async () => ((await get("/queue/stats")) as QueueRates).claims_per_second, {
        timeout: 20_000,
      })
      .toBeGreaterThan(0);
    const { claims_per_second: all, workers } = (await get("/queue/stats")) as QueueRates;
    expect(all).toBeLessThanOrEqual(3);
    expect(workers.map((worker) => worker.claims_per_second)).toEqual([all]);
  });

  it.runIf(isThere)("lists dead letters, which are retried or dropped", async () => {
    const ids = [await create({ agent_id: "broken" }), await create({ agent_id: "broken" })];
    for (const id of ids)
      expect(await get(`/runs/${id}/wait`)).toMatchObject({ run: { status: "error" } });
    const dead = async (query = "") =>
      ((await get(`/queue/dead${query}`)) as { items: RunAnswer[] }).items.map((run) => run.run_id);
    const [first = "", second = ""] = ids;
    expect(await dead()).toEqual([second, first]);
    expect(await dead("?reason=timeout")).toEqual([]);
    const page = (await get("/queue/dead?limit=1")) as { next_cursor: string };
    expect(await dead(`?cursor=${page.next_cursor}`)).toEqual([first]);

    const retried = await sendJson(api.url, "POST", `/runs/${first}/retry`, {});
    expect(retried).toMatchObject({ status: 200, json: { retry_of: first } });
    const { run_id: again } = retried.json as RunAnswer;
    expect(retried.headers.location).toBe(`/runs/${again}`);
    expect(await get(`/runs/${first}`)).toMatchObject({ retried_as: again });
    await get(`/runs/${again}/wait`);
    expect(await dead()).toEqual([again, second]);
    const drop = () => send(api.url, { method: "DELETE", path: `/queue/dead/${second}` });
    expect((await drop()).status).toBe(204);
    expect((await drop()).status).toBe(404);
    expect(await dead()).toEqual([again]);
    expect(await get(`/runs/${second}`)).toMatchObject({ stop_reason: "error" });
  });
});
