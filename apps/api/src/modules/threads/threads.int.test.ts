import { createHash } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

const MIB = 1024 * 1024;

describe.each(topologies)("threads, $name", ({ isThere, start }) => {
  let api: TestApi;
  beforeAll(async () => {
    if (isThere) api = await start();
  });
  afterAll(() => api?.close());

  async function newThread(): Promise<string> {
    const { json } = await sendJson(api.url, "POST", "/threads", {});
    return (json as { thread_id: string }).thread_id;
  }
  const put = (thread: string, path: string, body: string | Uint8Array, type = "text/plain") =>
    send(api.url, {
      method: "PUT",
      path: `/threads/${thread}/files/${path}`,
      headers: { "content-type": type },
      body,
    });
  const get = (thread: string, path: string) =>
    send(api.url, { path: `/threads/${thread}/files/${path}` });
  async function paths(thread: string): Promise<string[]> {
    const { json } = await send(api.url, { path: `/threads/${thread}/files` });
    return (json as { items: { path: string }[] }).items.map(({ path }) => path);
  }

  describe.runIf(isThere)("over HTTP", () => {
    it("creates a thread and reads it", async () => {
      const answer = await sendJson(api.url, "POST", "/threads", { metadata: { topic: "é" } });
      const thread = answer.json as { thread_id: string; created_at: string };
      expect(answer.status).toBe(200);
      expect(answer.headers.location).toBe(`/threads/${thread.thread_id}`);
      expect(thread).toEqual({
        thread_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        status: "idle",
        metadata: { topic: "é" },
        values: {},
        messages: [],
        created_at: thread.created_at,
        updated_at: thread.created_at,
      });
      const read = await send(api.url, { path: `/threads/${thread.thread_id}` });
      expect(read.json).toEqual(thread);
    });

    it("refuses an id that is taken, or answers with that thread where asked to", async () => {
      const body = { thread_id: "019a0000-0000-7000-8000-000000000001", metadata: { n: 1 } };
      expect((await sendJson(api.url, "POST", "/threads", body)).status).toBe(200);
      expect(await sendJson(api.url, "POST", "/threads", body)).toMatchObject({
        status: 409,
        json: { code: "conflict", errors: [{ pointer: "/thread_id" }] },
      });
      const again = { ...body, metadata: { n: 2 }, if_exists: "do_nothing" };
      expect(await sendJson(api.url, "POST", "/threads", again)).toMatchObject({
        status: 200,
        json: { metadata: { n: 1 } },
      });
    });

    it("keeps a file's bytes and content type", async () => {
      const thread = await newThread();
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
      const stored = await put(thread, "data/all%20bytes.bin", bytes, "text/html; charset=utf-8");
      expect([stored.status, stored.json]).toEqual([
        201,
        {
          path: "data/all bytes.bin",
          size_bytes: 256,
          sha256: createHash("sha256").update(bytes).digest("hex"),
          media_type: "text/html; charset=utf-8",
          created_at: expect.any(String),
        },
      ]);
      const read = await get(thread, "data/all%20bytes.bin");
      expect(read.bytes.equals(bytes)).toBe(true);
      const path = `/threads/${thread}/files/data/all%20bytes.bin`;
      const head = await send(api.url, { method: "HEAD", path });
      expect([head.status, head.headers["content-length"], head.text]).toEqual([200, "256", ""]);
      expect(read.headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "content-length": "256",
        "content-disposition": "attachment; filename*=UTF-8''all%20bytes.bin",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
      });
    });

    it("replaces a file, lists files by path, deletes one", async () => {
      const thread = await newThread();
      expect((await put(thread, "b.txt", "one")).status).toBe(201);
      expect((await put(thread, "./b.txt", "two!")).status).toBe(200);
      await put(thread, "a//x.txt", "");
      expect((await get(thread, "b.txt")).text).toBe("two!");
      expect((await get(thread, "a/x.txt")).bytes).toHaveLength(0);
      expect(await paths(thread)).toEqual(["a/x.txt", "b.txt"]);
      const deletion = { method: "DELETE", path: `/threads/${thread}/files/b.txt` };
      expect((await send(api.url, deletion)).status).toBe(204);
      expect(await paths(thread)).toEqual(["a/x.txt"]);
    });

    it("keeps the same bytes of two threads apart from each other's deletion", async () => {
      const [one, two] = [await newThread(), await newThread()];
      await put(one, "f", "shared");
      await put(two, "f", "shared");
      await send(api.url, { method: "DELETE", path: `/threads/${one}/files/f` });
      expect((await get(two, "f")).text).toBe("shared");
    });

    it("takes no name as a file and as a folder", async () => {
      const thread = await newThread();
      await put(thread, "a/b", "x");
      expect((await put(thread, "a", "x")).status).toBe(409);
      expect((await put(thread, "a/b/c", "x")).status).toBe(409);
      expect((await put(thread, "a/bc", "x")).status).toBe(201);
    });

    it("takes 10 MiB a file and 100 MiB a thread, and gives them back unchanged", async () => {
      const thread = await newThread();
      const full = Buffer.alloc(10 * MIB, "0123456789abcdef!");
      for (let n = 0; n < 10; n += 1) expect((await put(thread, `f${n}`, full)).status).toBe(201);
      expect(await put(thread, "over", "x")).toMatchObject({
        status: 413,
        json: { code: "payload_too_large" },
      });
      expect((await put(thread, "f0", full)).status).toBe(200);
      expect((await get(thread, "f9")).bytes.equals(full)).toBe(true);
    });

    it("stores nothing of an upload that is too large or breaks off", async () => {
      const thread = await newThread();
      const tooLarge = Buffer.alloc(10 * MIB + 1, "a");
      expect((await put(thread, "large", tooLarge)).status).toBe(413);
      await breakOff(api.url, `/threads/${thread}/files/broken`);
      expect(await paths(thread)).toEqual([]);
      expect((await put(thread, "after", "ok")).status).toBe(201);
    });

    it("takes a chunked upload without a length", async () => {
      const thread = await newThread();
      const body = new ReadableStream({
        start(controller) {
          for (const part of ["a", "b", "c"]) controller.enqueue(new TextEncoder().encode(part));
          controller.close();
        },
      });
      const url = `${api.url}/threads/${thread}/files/chunked`;
      const answer = await fetch(url, { method: "PUT", body, duplex: "half" });
      expect(await answer.json()).toMatchObject({
        size_bytes: 3,
        media_type: "application/octet-stream",
      });
      expect((await get(thread, "chunked")).text).toBe("abc");
    });
  });
});

/** Promises 1,000 bytes, sends 3 and hangs up. */
async function breakOff(url: string, path: string): Promise<void> {
  const { hostname, port } = new URL(url);
  await new Promise<void>((resolve) => {
    const headers = { "content-length": 1000 };
    const outgoing = request({ hostname, port, path, method: "PUT", headers, agent: false });
    outgoing.on("error", () => resolve());
    outgoing.on("close", () => resolve());
    outgoing.write("abc", () => setTimeout(() => outgoing.destroy(), 50));
  });
}
