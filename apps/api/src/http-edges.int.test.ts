import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { sendRaw } from "@llamaagent/testing/api/send-raw";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

/** What comes before any route is the same on both topologies. */
const [embedded] = topologies;

describe("HTTP edges", () => {
  let api: TestApi;
  beforeAll(async () => {
    if (embedded) api = await embedded.start({ asksForKeys: true });
  });
  afterAll(() => api?.close());

  it.each([
    ["no HTTP", "hello\r\n\r\n", 400],
    ["an unknown method", "BREW / HTTP/1.1\r\nhost: a\r\n\r\n", 400],
    ["a header without a name", "GET / HTTP/1.1\r\n: a\r\n\r\n", 400],
    ["a header with NUL", "GET / HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n", 400],
    [
      "a length that is no number",
      "POST /runs HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
      400,
    ],
    [
      "a length and chunks at once",
      "POST /runs HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["headers of 20 KiB", `GET / HTTP/1.1\r\nhost: a\r\nx: ${"a".repeat(20_480)}\r\n\r\n`, 431],
    ["a URL of 20 KiB", `GET /${"a".repeat(20_480)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431],
  ])("answers %s with a whole problem document and hangs up", async (_name, text, status) => {
    const answer = await sendRaw(api.url, text);
    expect(answer.status).toBe(status);
    expect(answer.head).toContain("content-type: application/problem+json");
    expect(answer.head).toContain("content-security-policy: default-src 'none'");
    expect(answer.head).toContain("x-content-type-options: nosniff");
    const code = status === 431 ? "headers_too_large" : "bad_request";
    expect(JSON.parse(answer.body)).toMatchObject({ status, code, message: expect.any(String) });
  });

  const key = { "x-api-key": KNOWN_KEY };

  describe("a body", () => {
    const posted = (n: number, extra = 0): [head: string, body: string] => {
      const body = JSON.stringify({ metadata: { n } });
      const lines = [
        "POST /threads HTTP/1.1",
        "host: a",
        `x-api-key: ${KNOWN_KEY}`,
        "content-type: application/json",
        `content-length: ${body.length + extra}`,
      ];
      return [`${lines.join("\r\n")}\r\n\r\n`, body];
    };
    /** Sends parts, some time apart, and reads until so many answers have come, or the end. */
    async function answers(parts: readonly string[], count: number): Promise<string> {
      const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
      let text = "";
      const all = new Promise<void>((resolve) => {
        socket.on("close", resolve);
        socket.on("data", (chunk) => {
          text += chunk.toString();
          if (text.split("HTTP/1.1 ").length > count && text.endsWith("}")) resolve();
        });
      });
      for (const part of parts) {
        socket.write(part);
        await sleep(30);
      }
      await all;
      socket.destroy();
      return text;
    }
    const numbers = (text: string) =>
      [...text.matchAll(/"metadata":\{"n":(\d+)\}/g)].map(([, n]) => Number(n));

    it("is read where it comes with its headers, behind another's, after them, and in pieces", async () => {
      const [first, second, third, fourth] = [1, 2, 3, 4].map((n) => posted(n)) as [
        [string, string],
        [string, string],
        [string, string],
        [string, string],
      ];
      const [head, body] = fourth;
      const parts = [first.join("") + second.join(""), ...third, head + body.slice(0, 5)];
      parts.push(body.slice(5, 9), body.slice(9));
      expect(numbers(await answers(parts, 4))).toEqual([1, 2, 3, 4]);
    });

    it("is asked for where the client expects that", async () => {
      const [head, body] = posted(5);
      const text = await answers(
        [head.replace("host: a", "host: a\r\nexpect: 100-continue"), body],
        2,
      );
      expect(text).toContain("100 Continue");
      expect(numbers(text)).toEqual([5]);
    });

    it("that is longer than its length ends there", async () => {
      const text = await answers([posted(6, -1).join("")], 2);
      expect(text).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid_json"/s);
    });
  });

  it("keeps a sane request id and makes one for any other", async () => {
    const id = async (given: string) =>
      (await send(api.url, { path: "/health/live", headers: { "x-request-id": given } })).headers[
        "x-request-id"
      ];
    expect(await id("trace-1.a:b_c")).toBe("trace-1.a:b_c");
    for (const odd of ["", "a b", "a".repeat(129), 'a"b', "<script>"])
      expect(await id(odd)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });

  it("sends security headers with every kind of answer", async () => {
    const paths = [
      "/health/live",
      "/me",
      "/nothing",
      "/threads/x/files/a",
      "/%zz",
      "/runs/x/stream",
    ];
    for (const path of [...paths, `/tools/${"a".repeat(2_000)}`]) {
      const { headers } = await send(api.url, { path, headers: key });
      expect(headers, path).toMatchObject({
        "content-security-policy": "default-src 'none';frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "cache-control": "no-store",
      });
      expect(headers).not.toHaveProperty("x-powered-by");
    }
  });

  it("takes 100 header fields, and refuses more with a problem document", async () => {
    const fields = (count: number) => "a:\r\n".repeat(count);
    const ask = (count: number) =>
      sendRaw(
        api.url,
        // The key comes last: dropped without a word, it would be missed.
        `GET /me HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${fields(count)}x-api-key: ${KNOWN_KEY}\r\n\r\n`,
      );
    expect((await ask(97)).status).toBe(200);
    for (const count of [98, 130, 1_000]) {
      const { status, body } = await ask(count);
      expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([
        431,
        "headers_too_large",
      ]);
    }
  });

  it("answers an expectation that it does not know as if it were not there", async () => {
    const { status, json, headers } = await send(api.url, {
      path: "/health/live",
      headers: { expect: "the-impossible" },
    });
    expect([status, json]).toEqual([200, { status: "ok" }]);
    expect(headers).toHaveProperty("content-security-policy");
  });

  it("names the methods of a path", async () => {
    const allow = async (path: string) =>
      (await send(api.url, { method: "PATCH", path, headers: key })).headers.allow;
    expect(await allow("/runs")).toBe("POST");
    expect(await allow("/threads/x/files/a/b")).toBe("DELETE, GET, HEAD, PUT");
    expect(await allow("/runs/x/stream")).toBe("GET");
  });

  it("asks for the key before it looks at anything else", async () => {
    const requests = [
      { method: "GET", path: "/runs/17" },
      { method: "PATCH", path: "/runs" },
      { method: "GET", path: "/nothing" },
    ];
    for (const request of requests)
      expect(await send(api.url, request)).toMatchObject({
        status: 401,
        headers: { "www-authenticate": "Bearer" },
        json: { code: "unauthorized", instance: request.path },
      });
    const answer = await sendJson(
      api.url,
      "POST",
      "/threads",
      {},
      { authorization: `Bearer ${KNOWN_KEY}` },
    );
    expect(answer.status).toBe(200);
  });

  it("serves every name with a key, and without one only those of this machine", async () => {
    const headers = { host: "agents.example", origin: "https://agents.example" };
    const withKey = await send(api.url, { path: "/tools", headers: { ...key, ...headers } });
    expect(withKey.status).toBe(200);
    const keyless = await embedded?.start();
    try {
      const url = keyless?.url ?? "";
      for (const path of ["/tools", "/health/live", "/nothing"])
        expect(await send(url, { path, headers })).toMatchObject({
          status: 403,
          json: { code: "forbidden", instance: path },
        });
      expect((await send(url, { path: "/tools" })).status).toBe(200);
    } finally {
      await keyless?.close();
    }
  });

  it("answers health and its own description without a key", async () => {
    expect((await send(api.url, { path: "/health/live" })).json).toEqual({ status: "ok" });
    expect((await send(api.url, { path: "/health/ready" })).json).toEqual({
      status: "ok",
      database: "up",
      redis: "not_used",
    });
    expect((await send(api.url, { path: "/openapi.json" })).json).toMatchObject({
      openapi: "3.1.0",
    });
  });

  it("lists the tools with the schema of their arguments", async () => {
    const { json } = await send(api.url, { path: "/tools", headers: key });
    expect(json).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ name: "echo" })]),
    });
    expect((await send(api.url, { path: "/tools/echo", headers: key })).json).toEqual({
      name: "echo",
      description: "answers with its text",
      effect: "none",
      // No worker lives here.
      available: false,
      parameters: {
        type: "object",
        properties: { text: { type: "string" } },
        required: ["text"],
      },
    });
  });
});
