import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

describe.each(topologies)("the catalogue of agents, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start();
  });
  afterAll(() => api?.close());

  describe.runIf(isThere)("over HTTP", () => {
    const create = async (name: string, fields: object = {}) =>
      (await sendJson(api.url, "POST", "/agents", { name, model: "test/hello", ...fields })).json;
    const search = (body: object) => sendJson(api.url, "POST", "/agents/search", body);

    it("finds agents by name and metadata, whole, the newest first", async () => {
      const first = await create("found.first", { metadata: { team: "a", sizes: [1, 2] } });
      const second = await create("found.second", { metadata: { team: "a" }, description: "d" });
      await create("other", { metadata: { team: "b" } });
      const found = await search({ metadata: { team: "a" } });
      expect([found.status, found.json]).toEqual([200, [second, first]]);
      expect((await search({ name: "FOUND", limit: 1 })).json).toEqual([second]);
      expect((await search({ name: "found", limit: 1, offset: 1 })).json).toEqual([first]);
      expect((await search({ metadata: { sizes: [2] } })).json).toEqual([first]);
      expect((await search({ name: "not there" })).json).toEqual([]);
    });

    it("finds by metadata that a patch gave, and 10 where no limit is named", async () => {
      for (let n = 0; n < 11; n += 1) await create(`many.${n}`);
      expect((await search({ name: "many." })).json).toHaveLength(10);
      await sendJson(api.url, "PATCH", "/agents/many.7", { metadata: { seventh: true } });
      expect((await search({ metadata: { seventh: true } })).json).toMatchObject([
        { name: "many.7", version: 2 },
      ]);
    });

    it("tells the schemas of an agent, by id and by name", async () => {
      const { agent_id: id } = (await create("schematic")) as { agent_id: string };
      const answer = await send(api.url, { path: `/agents/${id}/schemas` });
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        agent_id: id,
        input_schema: { $ref: "#/$defs/Json", $defs: { Json: { anyOf: expect.any(Array) } } },
        output_schema: { type: "string" },
        state_schema: {
          type: "object",
          required: ["values", "messages"],
          properties: { messages: { type: "array", items: { $ref: "#/$defs/Message" } } },
          $defs: { Message: { required: ["role", "content"] } },
        },
      });
      expect((await send(api.url, { path: "/agents/schematic/schemas" })).json).toEqual(
        answer.json,
      );
    });
  });
});
