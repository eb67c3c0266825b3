import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

describe.each(topologies)("agents, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start();
  });
  afterAll(() => api?.close());
  const create = (body: object) => sendJson(api.url, "POST", "/agents", body);
  const patch = (name: string, body: object) => sendJson(api.url, "PATCH", `/agents/${name}`, body);

  describe.runIf(isThere)("over HTTP", () => {
    it("creates an agent with the defaults of its fields", async () => {
      const answer = await create({ name: "plain", model: "test/hello" });
      const agent = answer.json as { agent_id: string; created_at: string };
      expect(answer.status).toBe(201);
      expect(answer.headers.location).toBe(`/agents/${agent.agent_id}`);
      expect(agent).toEqual({
        agent_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        version: 1,
        name: "plain",
        model: "test/hello",
        instructions: "",
        tools: [],
        prompting: "default",
        limits: { max_steps: 10, max_tokens: 200_000, timeout_seconds: 600 },
        metadata: {},
        capabilities: { "ap.io.messages": true, "ap.io.streaming": true },
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        updated_at: agent.created_at,
      });
    });

    it("reads it by id and by name", async () => {
      const created = await create({ name: "read.me", model: "test/hello", description: "d" });
      const { agent_id: id } = created.json as { agent_id: string };
      expect((await send(api.url, { path: `/agents/${id}` })).json).toEqual(created.json);
      expect((await send(api.url, { path: "/agents/read.me" })).json).toEqual(created.json);
      const head = await send(api.url, { method: "HEAD", path: "/agents/read.me" });
      expect([head.status, head.text]).toEqual([200, ""]);
    });

    it("keeps what is accepted now and already so: the defaults of features to come", async () => {
      const body = {
        name: "defaults",
        model: "test/hello",
        reasoning: "react",
        cache: { mode: "off" },
      };
      expect((await create(body)).status).toBe(201);
    });

    it("merges a patch into a new version", async () => {
      await create({
        name: "patched",
        model: "test/hello",
        description: "before",
        limits: { max_steps: 3 },
        metadata: { keep: 1, drop: 2, deep: { a: 1, b: 2 } },
      });
      const answer = await patch("patched", {
        description: null,
        tools: ["echo"],
        limits: { max_tokens: 9 },
        metadata: { drop: null, deep: { b: 3 } },
      });
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        version: 2,
        tools: ["echo"],
        limits: { max_steps: 3, max_tokens: 9, timeout_seconds: 600 },
        metadata: { keep: 1, deep: { a: 1, b: 3 } },
      });
      expect(answer.json).not.toHaveProperty("description");
      expect(answer.json).not.toHaveProperty("metadata.drop");
    });

    it("gives each of many patches at once a version of its own, none lost", async () => {
      await create({ name: "busy", model: "test/hello" });
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) => patch("busy", { metadata: { [`key${n}`]: n } })),
      );
      const versions = answers.map(({ json }) => (json as { version: number }).version);
      expect(versions.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
      const now = (await send(api.url, { path: "/agents/busy" })).json as { metadata: object };
      expect(Object.keys(now.metadata)).toHaveLength(8);
    });

    it("refuses to rename to a name that is taken, and renames to a free one", async () => {
      await create({ name: "first", model: "test/hello" });
      await create({ name: "second", model: "test/hello" });
      expect(await patch("second", { name: "first" })).toMatchObject({
        status: 409,
        json: { code: "conflict", errors: [{ pointer: "/name" }] },
      });
      expect((await patch("second", { name: "third" })).status).toBe(200);
      expect((await send(api.url, { path: "/agents/second" })).status).toBe(404);
    });

    it("pages through the versions, the newest first", async () => {
      await create({ name: "many", model: "test/hello" });
      for (const instructions of ["two", "three", "four", "five"])
        await patch("many", { instructions });
      const pages: unknown[] = [];
      let cursor: string | undefined;
      do {
        const path = `/agents/many/versions?limit=2${cursor ? `&cursor=${cursor}` : ""}`;
        const page = (await send(api.url, { path })).json as {
          items: { version: number; instructions: string }[];
          next_cursor?: string;
        };
        pages.push(page.items.map(({ version, instructions }) => [version, instructions]));
        cursor = page.next_cursor;
      } while (cursor !== undefined);
      expect(pages).toEqual([
        [
          [5, "five"],
          [4, "four"],
        ],
        [
          [3, "three"],
          [2, "two"],
        ],
        [[1, ""]],
      ]);
    });

    it("deletes softly: the agent is gone, its name free, its runs read on", async () => {
      await create({ name: "leaving", model: "test/hello" });
      const run = await sendJson(api.url, "POST", "/runs", { agent_id: "leaving", input: "a" });
      const { run_id: runId, agent_id: agentId } = run.json as Record<string, string>;
      expect((await send(api.url, { method: "DELETE", path: "/agents/leaving" })).status).toBe(204);
      for (const path of ["/agents/leaving", `/agents/${agentId}`, "/agents/leaving/versions"])
        expect((await send(api.url, { path })).status).toBe(404);
      expect((await send(api.url, { method: "DELETE", path: "/agents/leaving" })).status).toBe(404);
      expect((await sendJson(api.url, "POST", "/runs", { agent_id: "leaving" })).status).toBe(404);
      expect((await send(api.url, { path: `/runs/${runId}` })).status).toBe(200);
      expect((await create({ name: "leaving", model: "test/hello" })).status).toBe(201);
    });
  });
});
