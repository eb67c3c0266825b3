import { randomUUID } from "node:crypto";
import { send } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe.each(topologies)("JSON bodies, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start();
  });
  afterAll(() => api?.close());

  const post = (body: string, type = "application/json") =>
    send(api.url, {
      method: "POST",
      path: "/threads",
      headers: { "content-type": type },
      body,
    });
  const stored = async (body: string): Promise<unknown> => {
    const { status, text, json } = await post(body);
    expect(status, text).toBe(200);
    const { thread_id: id } = json as { thread_id: string };
    const { json: read } = await send(api.url, { path: `/threads/${id}` });
    return (read as { metadata: unknown }).metadata;
  };

  it
    .runIf(isThere)
    .each([
      "application/json",
      "APPLICATION/JSON",
      "application/json;charset=utf-8",
      "application/json; charset=UTF-8",
      'application/json ; charset="utf-8"',
      " application/json\t",
    ])("are taken as '%s'", async (type) => {
    expect((await post("{}", type)).status).toBe(200);
  });

  it.runIf(isThere)(
    "are 64 levels deep at most, and then stored and told as they came",
    async () => {
      const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
      expect(JSON.stringify(await stored(`{"metadata":${nested(63)}}`))).toBe(nested(63));
      expect((await post(`{"metadata":${nested(64)}}`)).status).toBe(422);
    },
  );

  // RFC 8259 leaves open what a name means that is there twice: here the last one is all that there is.
  describe.runIf(isThere)("in which a name is there twice", () => {
    it("hold the last one, of which nothing was unchecked", async () => {
      expect(await stored('{"metadata":{"a":1},"metadata":{"b":2}}')).toEqual({ b: 2 });
      expect(await stored('{"metadata":{"a":1,"\\u0061":{"b":2}}}')).toEqual({ a: { b: 2 } });
      expect(await stored('{"metadata":1,"metadata":{"b":2}}')).toEqual({ b: 2 });
      const [bad, good] = ["' OR 1=1", randomUUID()];
      const ids = (...given: string[]) =>
        `{${given.map((id) => `"thread_id":${JSON.stringify(id)}`).join(",")}}`;
      expect((await post(ids(bad, good))).json).toMatchObject({ thread_id: good });
      expect((await post(ids(good, bad))).status).toBe(422);
    });

    it.each([
      '{"metadata":{},"metadata":1}',
      '{"metadata":{},"metadata":{"__proto__":{"admin":true}}}',
      '{"metadata":{"__proto__":1,"__proto__":{"admin":true}}}',
      '{"metadata":{"constructor":1,"constructor":{"prototype":{}}}}',
      '{"metadata":{"a":1,"a":1e999}}',
      `{"metadata":{},"metadata":${"[".repeat(64)}${"]".repeat(64)}}`,
    ])("are refused where the last one would be: %s", async (body) => {
      expect((await post(body)).status).toBe(422);
    });

    it("leave no prototype changed", async () => {
      await post('{"metadata":{"__proto__":{"admin":true}}}');
      await post('{"metadata":{"constructor":{"prototype":{"admin":true}}}}');
      expect({}).not.toHaveProperty("admin");
      // Checked before it was left out.
      expect(await stored('{"metadata":{"constructor":{"prototype":{}}},"metadata":{}}')).toEqual(
        {},
      );
    });
  });
});
