import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEvents } from "@llamaagent/testing/api/read-events";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import { cancelRun } from "@llamaagent/runs";
import { askForSocket, readSocket } from "@llamaagent/testing/api/read-socket";
import { send, sendJson } from "@llamaagent/testing/api/send";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";

const key = { "x-api-key": KNOWN_KEY };
const keyProtocol = `llamaagent.key.${Buffer.from(KNOWN_KEY).toString("base64url")}`;
const protocols = ["llamaagent.events", keyProtocol];
const owner = { tenantId: DEFAULT_TENANT_ID, subject: "tester", roles: [], scopes: [] };
const unknownId = "01900000-0000-7000-8000-000000000000";

describe.each(topologies)("a run's WebSocket, $name", ({ isThere, start }) => {
  let api: TestApi;
  let url: string;
  beforeAll(async () => {
    if (!isThere) return;
    api = await start({ asksForKeys: true, streams: { heartbeatMs: 100, stallMs: 10_000 } });
    await api.startWorker();
    const agents = [
      { name: "tools", model: "test/tools", tools: ["echo"] },
      { name: "slow", model: "test/slow" },
    ];
    for (const agent of agents) await sendJson(api.url, "POST", "/agents", agent, key);
    url = streamUrl((await createRun("tools")).run_id);
    await send(api.url, {
      path: `${new URL(url).pathname.replace("stream", "wait")}`,
      headers: key,
    });
  });
  afterAll(() => api?.close());

  const streamUrl = (runId: string): string => `${api.url}/runs/${runId}/stream`;
  async function createThread(): Promise<string> {
    const { json } = await sendJson(api.url, "POST", "/threads", {}, key);
    return (json as { thread_id: string }).thread_id;
  }
  async function createRun(agent: string): Promise<{ run_id: string }> {
    const body = { agent_id: agent, input: "Hi" };
    return (await sendJson(api.url, "POST", "/runs", body, key)).json as { run_id: string };
  }

  describe.runIf(isThere)("with a key", () => {
    it.each(["stream_mode=events", "stream_mode=values&stream_mode=messages"])(
      "sends what the stream sends, with %s, from the beginning and after any frame",
      async (modes) => {
        const { events } = await readEvents(`${url}?${modes}`, undefined, key);
        const whole = await readSocket(`${url}?${modes}`, { protocols });
        expect(whole).toEqual({
          frames: events,
          code: 1000,
          reason: "the run has ended",
          protocol: "llamaagent.events",
        });
        for (const [index, { id }] of events.entries()) {
          const rest = await readSocket(`${url}?${modes}&after=${id}`, { protocols });
          expect(rest).toMatchObject({ frames: events.slice(index + 1), code: 1000 });
        }
      },
    );

    it("is there under the run's thread too, and under no other", async () => {
      const thread = await createThread();
      const body = { agent_id: "tools", input: "Hi" };
      const path = `/threads/${thread}/runs`;
      const { json } = await sendJson(api.url, "POST", `${path}/wait`, body, key);
      const { run_id: runId } = (json as { run: { run_id: string } }).run;
      const { events } = await readEvents(streamUrl(runId), undefined, key);
      const read = await readSocket(`${api.url}${path}/${runId}/stream`, { protocols });
      expect(read).toMatchObject({ frames: events, code: 1000 });
      const other = `${api.url}/threads/${await createThread()}/runs/${runId}/stream`;
      expect(await askForSocket(other, { headers: key })).toMatchObject({ status: 404 });
    });

    it("sends a run's events as they come, and outlives pings", async () => {
      const { run_id: runId } = await createRun("slow");
      let frames = 0;
      const reading = readSocket(streamUrl(runId), { protocols, onFrame: () => (frames += 1) });
      await expect.poll(() => frames, { timeout: 20_000 }).toBe(3);
      await send(api.url, { method: "POST", path: `/runs/${runId}/cancel`, headers: key });
      const read = await reading;
      expect(read.code).toBe(1000);
      expect(read.frames.map(({ event }) => event)).toEqual([
        "run.queued",
        "run.started",
        "message.started",
        "run.cancelled",
      ]);
    });

    it("closes to a client that sends something", async () => {
      const { run_id: runId } = await createRun("slow");
      const told = (text: string) =>
        readSocket(streamUrl(runId), { protocols, onFrame: (socket) => socket.send(text) });
      expect(await told("hello")).toMatchObject({
        code: 1003,
        reason: "this stream takes no messages",
      });
      expect(await told("x".repeat(2_000))).toMatchObject({ code: 1009 });
    });

    const asked = (path: string, headers: object = {}) =>
      askForSocket(`${api.url}${path}`, { headers: { ...key, ...headers } });
    it.each([
      ["no run", () => asked(`/runs/${unknownId}/stream`), 404, "not_found"],
      ["no id of a run", () => asked("/runs/17/stream"), 422, "invalid_request"],
      ["no position", () => asked(`${new URL(url).pathname}?after=x`), 422, "invalid_event_id"],
      [
        "a wrong position",
        () => asked(`${new URL(url).pathname}?after=9-9`),
        422,
        "invalid_event_id",
      ],
      ["no mode", () => asked(`${new URL(url).pathname}?stream_mode=x`), 422, "invalid_request"],
      ["no path", () => asked("/runs/%zz/stream"), 400, "bad_request"],
      ["another route", () => asked("/tools/nothing"), 404, "tool_not_found"],
      ["no key", () => asked(new URL(url).pathname, { "x-api-key": "" }), 401, "unauthorized"],
      [
        "a wrong key",
        () =>
          asked(new URL(url).pathname, {
            "x-api-key": "",
            "sec-websocket-protocol": "llamaagent.key.bm8",
          }),
        401,
        "unauthorized",
      ],
      [
        "an old version",
        () => asked(new URL(url).pathname, { "sec-websocket-version": "8" }),
        400,
        "bad_request",
      ],
      [
        "no Sec-WebSocket-Key",
        () => asked(new URL(url).pathname, { "sec-websocket-key": "x" }),
        400,
        "bad_request",
      ],
      [
        "a subprotocol twice",
        () => asked(new URL(url).pathname, { "sec-websocket-protocol": "a, a" }),
        400,
        "bad_request",
      ],
    ])("answers %s as HTTP", async (_name, ask, status, code) => {
      const answer = await ask();
      expect(answer).toMatchObject({
        status,
        headers: { "content-type": "application/problem+json", "x-request-id": expect.any(String) },
      });
      expect(JSON.parse(answer.text)).toMatchObject({ status, code });
    });

    it("is not misled by what looks like a stream in the query", async () => {
      const item = `${api.url}/store/items?namespace=notes&key=/runs/x/stream`;
      expect(await askForSocket(item, { headers: key })).toMatchObject({ status: 404 });
    });

    it("answers whoever offers another protocol as ever", async () => {
      const body = JSON.stringify({ agent_id: "tools" });
      const headers = { ...key, "content-type": "application/json", upgrade: "h2c" };
      const posted = await askForSocket(`${api.url}/runs`, { method: "POST", headers, body });
      expect(posted).toMatchObject({ status: 200 });
      const streamed = await askForSocket(url, { headers: { ...key, upgrade: "h2c" } });
      expect(streamed.text).toContain("event: run.completed");
    });

    it("cuts off a client that answers no ping", async () => {
      const impatient = await start({
        asksForKeys: true,
        streams: { heartbeatMs: 50, stallMs: 100 },
      });
      try {
        await sendJson(impatient.url, "POST", "/agents", { name: "a", model: "test/slow" }, key);
        const { json } = await sendJson(impatient.url, "POST", "/runs", { agent_id: "a" }, key);
        const path = `/runs/${(json as { run_id: string }).run_id}/stream`;
        // By hand: it says nothing.
        const { socket } = await askForSocket(`${impatient.url}${path}`, { headers: key });
        socket?.resume();
        if (socket) await once(socket, "close");
        expect(socket?.destroyed).toBe(true);
      } finally {
        await impatient.close();
      }
    });

    it("ends with the server, whether or not the client answers", async () => {
      const { run_id: runId } = await createRun("slow");
      const reading = readSocket(streamUrl(runId), { protocols });
      const { socket: silent } = await askForSocket(streamUrl(runId), { headers: key });
      silent?.resume();
      await expect.poll(() => api.app.websocketServer.clients.size).toBe(2);
      await api.app.close();
      expect(await reading).toMatchObject({ code: 1001, reason: "the server closes" });
      await expect.poll(() => api.app.websocketServer.clients.size).toBe(0);
      // A worker that stops would wait for it.
      await cancelRun(api.context, owner, runId);
    });
  });

  it.runIf(isThere)("without a key serves this machine's pages only", async () => {
    const keyless = await start();
    try {
      await sendJson(keyless.url, "POST", "/agents", { name: "a", model: "test/hello" });
      const { json } = await sendJson(keyless.url, "POST", "/runs", { agent_id: "a" });
      const at = `${keyless.url}/runs/${(json as { run_id: string }).run_id}/stream`;
      const foreign = await askForSocket(at, { headers: { origin: "https://elsewhere.example" } });
      expect(foreign.status).toBe(403);
      expect(JSON.parse(foreign.text)).toMatchObject({ code: "forbidden" });
      expect(await askForSocket(at, { headers: { host: "rebound.example" } })).toMatchObject({
        status: 403,
      });
      const own = await askForSocket(at, { headers: { origin: "http://localhost:3000" } });
      expect(own.status).toBe(101);
      own.socket?.destroy();
    } finally {
      await keyless.close();
    }
  });
});
