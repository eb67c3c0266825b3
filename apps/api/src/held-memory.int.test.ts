import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createReaderMemory } from "./reader-memory.ts";

/** As if 256 MiB were 1.2 MB. */
const memoryBytes = 1_200_000;

describe.each(topologies)("what clients make an API hold, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start({ streams: { memory: createReaderMemory(memoryBytes) } });
  });
  afterAll(() => api?.close());

  it.runIf(isThere)("refuses `values` that no frame can hold, for good", async () => {
    await sendJson(api.url, "POST", "/agents", { name: "a", model: "test/slow" });
    const body = { agent_id: "a", input: "x".repeat(memoryBytes / 5) };
    const run = (await sendJson(api.url, "POST", "/runs", body)).json as { run_id: string };
    const stream = (mode: string) => fetch(`${api.url}/runs/${run.run_id}/stream?${mode}`);
    const refused = await stream("stream_mode=values");
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "conflict", retryable: false });
    const updates = await stream("stream_mode=updates");
    expect(updates.status).toBe(200);
    await updates.body?.cancel();
  });

  it.runIf(isThere)(
    "cuts a download off that stands still where another needs the room",
    async () => {
      const { json } = await sendJson(api.url, "POST", "/threads", {});
      const url = `${api.url}/threads/${(json as { thread_id: string }).thread_id}/files/large`;
      // The most that a file may have, and more than the kernel's buffers take of what nobody reads.
      const bytes = 10 * 2 ** 20;
      expect((await fetch(url, { method: "PUT", body: Buffer.alloc(bytes) })).status).toBe(201);
      const download = async (): Promise<IncomingMessage> =>
        (await once(request(url).end(), "response"))[0];
      const size = async (response: IncomingMessage): Promise<number> => {
        let read = 0;
        // A stream without an encoding gives bytes.
        for await (const chunk of response) read += (chunk as Buffer).byteLength;
        return read;
      };
      const still = await download();
      expect(await size(await download())).toBe(bytes);
      await expect(size(still)).rejects.toThrow("aborted");
      expect(await size(await download())).toBe(bytes);
    },
  );
});
