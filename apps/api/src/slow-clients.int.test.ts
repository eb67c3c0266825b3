import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { sendJson } from "@llamaagent/testing/api/send";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** What comes before any route is the same on both topologies. */
const [embedded] = topologies;
/** As if 15, 120 and 72 s were these. */
const times = { headersMs: 500, requestMs: 1_500, keepAliveMs: 500, checkMs: 100 };
/** What Node adds to the last, and the second for which a refused client's connection stays. */
const SPARE_MS = 2_500;

const post = (length: number) =>
  `POST /threads HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

describe("clients that are slow", () => {
  let api: TestApi;
  beforeAll(async () => {
    if (embedded) api = await embedded.start({ times });
  });
  afterAll(() => api?.close());

  /** One that never ends its side, whatever the server does, and writes on. */
  function open(text: string, everyMs?: number): Socket & { told: string } {
    const { port } = new URL(api.url);
    const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    const client = Object.assign(socket, { told: "" });
    socket.on("data", (data) => (client.told += data.toString()));
    socket.on("error", () => undefined);
    socket.write(text);
    if (everyMs !== undefined) {
      const timer = setInterval(() => socket.write("a"), everyMs);
      socket.once("close", () => clearInterval(timer));
    }
    return client;
  }
  const connections = () => promisify(api.app.server.getConnections.bind(api.app.server))();

  it.each([
    ["says nothing", "", undefined, times.headersMs],
    [
      "sends its headers byte by byte",
      "GET / HTTP/1.1\r\nhost: localhost\r\nx: ",
      50,
      times.headersMs,
    ],
    [
      "stops in its headers",
      "GET / HTTP/1.1\r\nhost: localhost\r\nx: ",
      undefined,
      times.headersMs,
    ],
    ["sends its body byte by byte", `${post(1_000)}{"metadata":{"a":"`, 50, times.requestMs],
    ["stops in its body", `${post(1_000)}{"`, undefined, times.requestMs],
  ])(
    "hangs up on one who %s, and keeps nothing of it",
    async (_what, text, everyMs, patienceMs) => {
      const client = open(text, everyMs);
      await expect.poll(connections).toBe(1);
      await sleep(patienceMs / 2);
      expect([client.told, await connections()]).toEqual(["", 1]);
      await expect.poll(() => client.told, { timeout: patienceMs + SPARE_MS }).toContain("408");
      expect(client.told).toMatch(/"code":"request_timeout"/);
      await expect.poll(connections, { timeout: SPARE_MS }).toBe(0);
      client.destroy();
    },
  );

  it("hangs up on one who asks for nothing more", async () => {
    const client = open("GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await expect.poll(() => client.told).toContain('{"status":"ok"}');
    expect(await connections()).toBe(1);
    await expect.poll(connections, { timeout: times.keepAliveMs + SPARE_MS }).toBe(0);
    client.destroy();
  });

  it("hangs up on one who sends what is no HTTP, also where it does not hang up itself", async () => {
    const client = open("hello\r\n\r\n", 50);
    await expect.poll(() => client.told).toContain("400");
    await expect.poll(connections, { timeout: SPARE_MS }).toBe(0);
    client.destroy();
  });

  it("waits for one who is in time", async () => {
    const body = '{"metadata":{"topic":"slow"}}';
    const client = open(post(body.length));
    for (const character of body) {
      client.write(character);
      await sleep((times.requestMs * 0.5) / body.length);
    }
    await expect.poll(() => client.told).toContain('"topic":"slow"');
    client.destroy();
  });

  it("leaves a stream open for longer", async () => {
    await sendJson(api.url, "POST", "/agents", { name: "slow", model: "test/slow" });
    const run = await sendJson(api.url, "POST", "/runs", { agent_id: "slow" });
    const { run_id: id } = run.json as { run_id: string };
    const client = open(`GET /runs/${id}/stream HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await sleep(times.requestMs * 2);
    expect([client.readyState, client.destroyed]).toEqual(["open", false]);
    expect(client.told).toContain("event: run.queued");
    client.destroy();
  });
});
