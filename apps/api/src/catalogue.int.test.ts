import { randomUUID } from "node:crypto";
import { type FakeOpenAi, startFakeOpenAi } from "@llamaagent/testing/fake-openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "@llamaagent/testing/api/send";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

const SECRET = "sk-never-shown-0123456789";

describe.each(topologies)("the catalogue, $name", ({ name: topology, isThere, start }) => {
  let models: FakeOpenAi;
  let api: TestApi;
  beforeAll(async () => {
    if (!isThere) return;
    models = await startFakeOpenAi({
      script: [],
      apiKey: SECRET,
      models: ["small", "org/large", "a b"],
    });
    api = await start({
      environment: {
        OPENAI_API_KEY: SECRET,
        OPENAI_BASE_URL: models.url,
        OLLAMA_URL: "http://127.0.0.1:1",
      },
    });
  });
  afterAll(async () => {
    await api?.close();
    await models?.close();
  });

  describe.runIf(isThere)("over HTTP", () => {
    const read = async (path: string) => (await send(api.url, { path })).json;
    const alive = (capabilities: object, seconds: number) =>
      api.context.db.system((tx) =>
        tx.query(
          `INSERT INTO workers (worker_id, alive_until, capabilities)
           VALUES ($1, now() + make_interval(secs => $2), $3)`,
          [randomUUID(), seconds, capabilities],
        ),
      );
    /** What workers report is read every 3 s. */
    const eventually = (path: string) =>
      expect.poll(() => read(path), { timeout: 20_000, interval: 250 });

    it("lists providers and the models that they name, and no key", async () => {
      const answer = await send(api.url, { path: "/models" });
      const provider = { available: false, configured: true, description: expect.any(String) };
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          items: [
            { id: "openai/org/large", provider: "openai" },
            { id: "openai/small", provider: "openai" },
            { id: "offline/extractive", provider: "offline" },
          ],
          providers: [
            { ...provider, id: "openai", complete: true },
            { ...provider, id: "ollama", complete: false },
            { ...provider, id: "offline", complete: true },
            { ...provider, id: "test", complete: false },
            {
              ...provider,
              id: "unconfigured",
              configured: false,
              fault: "the model provider 'unconfigured' is not configured: needs UNCONFIGURED_KEY",
              complete: false,
            },
          ],
          workers_only: [],
        },
      ]);
      expect(answer.text).not.toContain(SECRET);
      expect(answer.text).not.toContain(new URL(models.url).host);
    });

    it("lists prompting strategies", async () => {
      expect(await read("/strategies")).toEqual({
        items: [
          {
            name: "default",
            kind: "prompting",
            description:
              "Instructions and file names as the system message, then the thread, then the task",
            available: false,
          },
        ],
        workers_only: [],
      });
    });

    it("tells what it is, and nothing of the machine", async () => {
      const answer = await send(api.url, { path: "/info" });
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          version: "0.1.0",
          agent_protocol: "0.1.6",
          topology,
          features: expect.arrayContaining(["agents", "catalogue", "runs", "threads", "tools"]),
          capabilities: { "ap.io.messages": true, "ap.io.streaming": true },
        },
      ]);
    });

    it("says what living workers have, what they lack, and what only they have", async () => {
      expect(await read("/tools")).toMatchObject({ workers_only: [] });
      await alive({ tools: ["echo", "browse"], providers: ["test"], prompting: ["terse"] }, 60);
      await alive({ tools: ["calculator"], providers: ["ollama"] }, -1);
      await eventually("/tools").toMatchObject({ workers_only: ["browse"] });
      const { items } = (await read("/tools")) as { items: { name: string; available: boolean }[] };
      expect(items.filter(({ available }) => available).map(({ name }) => name)).toEqual(["echo"]);
      expect(await read("/tools/echo")).toMatchObject({ name: "echo", available: true });
      expect(await read("/tools/calculator")).toMatchObject({ available: false });
      expect((await send(api.url, { path: "/tools/browse" })).status).toBe(404);
      expect(await read("/models")).toMatchObject({
        providers: [
          { id: "openai", available: false },
          { id: "ollama", available: false },
          { id: "offline", available: false },
          { id: "test", available: true },
          { id: "unconfigured", available: false },
        ],
      });
      expect(await read("/strategies")).toMatchObject({
        items: [{ name: "default", available: false }],
        workers_only: ["terse"],
      });
    });

    it("finds all available beside a worker of the same plug-ins", async () => {
      await api.startWorker();
      await eventually("/strategies").toMatchObject({ items: [{ available: true }] });
      const { items } = (await read("/tools")) as { items: { available: boolean }[] };
      expect(items.filter(({ available }) => !available)).toEqual([]);
    });
  });

  it.runIf(isThere)("asks for the key where there is one", async () => {
    const guarded = await start({ asksForKeys: true });
    for (const path of ["/models", "/strategies", "/info", "/tools"])
      expect((await send(guarded.url, { path })).status).toBe(401);
    const headers = { authorization: `Bearer ${KNOWN_KEY}` };
    const info = await send(guarded.url, { path: "/info", headers });
    expect(info.status).toBe(200);
    expect(info.text).not.toContain(KNOWN_KEY);
    await guarded.close();
  });
});
