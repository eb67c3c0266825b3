import { describe, expect, it } from "vitest";
import type { RunEvent } from "./run-event.ts";
import { answer, type Answer, eventStream, lost, scriptedServer } from "./test/scripted-server.ts";
import { type StreamOptions, streamRun } from "./stream-run.ts";

const RUN = "0199-run";
const sse = (id: string, type: string, fields: object = {}) =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ run_id: RUN, at: "t", ...fields })}\n\n`;
const QUEUED = sse("0-1", "run.queued");
const STARTED = sse("1-1", "run.started", { agent_id: "a", agent_version: 1 });
const COMPLETED = sse("1-2", "run.completed", { status: "success", stop_reason: "completed" });

async function read(script: readonly Answer[], options: StreamOptions = {}, silenceMs?: number) {
  const server = scriptedServer(script, silenceMs);
  const events: RunEvent[] = [];
  let error: unknown;
  try {
    for await (const event of streamRun(server.runtime, RUN, options)) events.push(event);
  } catch (caught) {
    error = caught;
  }
  return { ...server, ids: events.map((event) => event.id), events, error };
}

describe("streamRun", () => {
  it("yields typed events and ends after the terminal one, even if the connection stays", async () => {
    const { events, error, requests } = await read([
      eventStream(QUEUED + STARTED + COMPLETED, "hang"),
    ]);
    expect(error).toBeUndefined();
    expect(events.map(({ id, type }) => [id, type])).toEqual([
      ["0-1", "run.queued"],
      ["1-1", "run.started"],
      ["1-2", "run.completed"],
    ]);
    expect(events[1]?.data).toEqual({ run_id: RUN, at: "t", agent_id: "a", agent_version: 1 });
    expect(requests.map((r) => `${r.method} ${r.path}`)).toEqual(["GET /runs/0199-run/stream"]);
  });

  it("reads on after the last event when the connection is cut in the middle of one", async () => {
    const { ids, requests, error } = await read([
      eventStream(QUEUED + STARTED.slice(0, 20), "cut"),
      eventStream(STARTED + COMPLETED),
    ]);
    expect(error).toBeUndefined();
    expect(ids).toEqual(["0-1", "1-1", "1-2"]);
    expect(requests.map((r) => r.headers.get("last-event-id"))).toEqual([null, "0-1"]);
  });

  it("starts a run under the key that was given, again after a loss", async () => {
    const { runtime, requests } = scriptedServer([lost, eventStream(QUEUED + COMPLETED)]);
    const events = streamRun(runtime, { input: "hi" }, { idempotencyKey: "mine" });
    for await (const { id } of events) expect(id).toMatch(/^[01]-/);
    expect(requests.map((r) => [r.path, r.headers.get("idempotency-key")])).toEqual([
      ["/runs/stream", "mine"],
      ["/runs/stream", "mine"],
    ]);
  });

  it("reads on when the stream ends without a terminal event", async () => {
    const { ids, error } = await read([eventStream(QUEUED), eventStream(STARTED + COMPLETED)]);
    expect(error).toBeUndefined();
    expect(ids).toEqual(["0-1", "1-1", "1-2"]);
  });

  it("takes silence longer than the heartbeat for a lost connection", async () => {
    const reasons: string[] = [];
    const { ids } = await read(
      [eventStream(QUEUED, "hang"), eventStream(STARTED + COMPLETED)],
      { onReconnect: ({ cause }) => reasons.push(cause.detail) },
      30,
    );
    expect(ids).toEqual(["0-1", "1-1", "1-2"]);
    expect(reasons).toEqual(["no answer from http://server: silent for 0.03 s"]);
  });

  it("sits out a restart with growing delays and tells of each", async () => {
    const told: { failures: number; after: string | undefined; code: string }[] = [];
    const { ids, sleptMs } = await read(
      [
        eventStream(QUEUED, "cut"),
        lost,
        lost,
        lost,
        answer(503, { code: "service_unavailable", detail: "away" }, { "retry-after": "2" }),
        eventStream(STARTED + COMPLETED),
      ],
      {
        onReconnect: ({ failures, after, cause }) =>
          told.push({ failures, after, code: cause.code }),
      },
    );
    expect(ids).toEqual(["0-1", "1-1", "1-2"]);
    expect(sleptMs).toEqual([150, 300, 600, 1200, 2400]);
    expect(told.map(({ code }) => code)).toEqual([
      "connection_failed",
      "connection_failed",
      "connection_failed",
      "connection_failed",
      "service_unavailable",
    ]);
    expect(told.at(-1)).toEqual({ failures: 5, after: "0-1", code: "service_unavailable" });
  });

  it("gives up a server that stays away", async () => {
    const { ids, error, sleptMs } = await read([eventStream(QUEUED, "cut"), lost]);
    expect(ids).toEqual(["0-1"]);
    expect(error).toMatchObject({
      code: "connection_failed",
      detail: "no answer from http://server: ECONNRESET",
    });
    expect(sleptMs.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(60_000);
  });

  it("gives up early where no connection ever came about", async () => {
    const { error, requests } = await read([lost]);
    expect(error).toMatchObject({ code: "connection_failed" });
    expect(requests).toHaveLength(3);
  });

  it("throws what another try cannot mend", async () => {
    const { error, requests } = await read([
      answer(404, { code: "not_found", detail: "no such run", request_id: "r-1" }),
    ]);
    expect(error).toMatchObject({ code: "not_found", status: 404, requestId: "r-1" });
    expect(requests).toHaveLength(1);
  });

  it("ends where the position is the last event of an ended run", async () => {
    const { ids, error, requests } = await read(
      [eventStream(""), answer(200, { run_id: RUN, state: "ended" }), eventStream("")],
      { after: "1-2" },
    );
    expect(error).toBeUndefined();
    expect(ids).toEqual([]);
    expect(requests.map((r) => r.path)).toEqual([
      "/runs/0199-run/stream",
      "/runs/0199-run",
      "/runs/0199-run/stream",
    ]);
  });

  it("starts a run with a key, repeats that after a lost answer, then follows the run", async () => {
    const { runtime, requests } = scriptedServer([
      lost,
      eventStream(QUEUED, "cut"),
      eventStream(STARTED + COMPLETED),
    ]);
    const ids: string[] = [];
    for await (const event of streamRun(runtime, { agent_id: "reader", input: "hi" }))
      ids.push(event.id);
    expect(ids).toEqual(["0-1", "1-1", "1-2"]);
    expect(
      requests.map((r) => [r.method, r.path, r.headers.get("idempotency-key"), r.body]),
    ).toEqual([
      ["POST", "/runs/stream", "key-1", '{"agent_id":"reader","input":"hi"}'],
      ["POST", "/runs/stream", "key-1", '{"agent_id":"reader","input":"hi"}'],
      ["GET", "/runs/0199-run/stream", null, ""],
    ]);
  });

  it("asks for the same modes on every connection, and reads on between the frames of an event", async () => {
    const script = [
      eventStream(QUEUED + sse("1-1.1", "updates", { kind: "model", messages: [] }), "cut"),
      eventStream(STARTED + COMPLETED),
    ];
    const streamMode = ["updates", "events"] as const;
    const options = { streamMode: [...streamMode] };
    const { ids, requests } = await read(script, options);
    expect(ids).toEqual(["0-1", "1-1.1", "1-1", "1-2"]);
    const path = "/runs/0199-run/stream?stream_mode=updates&stream_mode=events";
    expect(requests.map((r) => [r.path, r.headers.get("last-event-id")])).toEqual([
      [path, null],
      [path, "1-1.1"],
    ]);
  });

  it.each([
    [{ input: "hi" }, { streamMode: "values" as const }],
    [{ input: "hi", stream_mode: "values" as const }, {}],
  ])("starts a run and follows it in the modes of %j, %j", async (run, options) => {
    const { runtime, requests } = scriptedServer([
      eventStream(QUEUED, "cut"),
      eventStream(STARTED + COMPLETED),
    ]);
    for await (const _event of streamRun(runtime, run, options));
    expect(requests.map((r) => [r.path, r.body])).toEqual([
      ["/runs/stream", '{"input":"hi","stream_mode":"values"}'],
      ["/runs/0199-run/stream?stream_mode=values", ""],
    ]);
  });

  it("throws the caller's reason on abort and lets go of the connection", async () => {
    const caller = new AbortController();
    let serverSignal: AbortSignal | undefined;
    const { runtime } = scriptedServer([
      (request) => {
        serverSignal = request.signal;
        return eventStream(QUEUED, "hang")(request);
      },
    ]);
    const stream = streamRun(runtime, RUN, { signal: caller.signal });
    await stream.next();
    const next = stream.next();
    caller.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
    expect(serverSignal?.aborted).toBe(true);
  });

  it("lets go of the connection when the reader stops", async () => {
    let serverSignal: AbortSignal | undefined;
    const { runtime } = scriptedServer([
      (request) => {
        serverSignal = request.signal;
        return eventStream(QUEUED + STARTED, "hang")(request);
      },
    ]);
    for await (const event of streamRun(runtime, RUN)) if (event.id === "1-1") break;
    expect(serverSignal?.aborted).toBe(true);
  });

  it("refuses an answer that is no event stream", async () => {
    const { error } = await read([answer(200, "<html>", { "content-type": "text/html" })]);
    expect(error).toMatchObject({ code: "invalid_answer" });
  });
});
