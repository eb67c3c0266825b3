import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { StoredEvent } from "@llamaagent/core";
import { afterEach, describe, expect, it } from "vitest";
import { createOpenRequests } from "../../open-requests.ts";
import { nobody } from "../../plugins/authenticate.ts";
import { parseEventStream } from "@llamaagent/testing/api/read-events";
import { sendEventStream } from "./event-stream.ts";
import { createReaderMemory } from "../../reader-memory.ts";
import { createStallGuard, type StallGuard } from "../../stall-guard.ts";

interface Stream {
  url: string;
  openRequests: ReturnType<typeof createOpenRequests>;
  /** How often the source was asked, and whether it was told that nobody reads on. */
  source: { given: number; freed: boolean };
  /** Settles when the server is done with the stream. */
  done: Promise<void>;
}

let server: Server | undefined;
let guard: StallGuard | undefined;
afterEach(() => {
  guard?.close();
  server?.closeAllConnections();
  server?.close();
});

async function serve(
  make: (signal: AbortSignal) => AsyncIterable<StoredEvent>,
  {
    memoryBytes = 2 ** 30,
    ...times
  }: { heartbeatMs?: number; stallMs?: number; memoryBytes?: number } = {},
): Promise<Stream> {
  const openRequests = createOpenRequests();
  const memory = createReaderMemory(memoryBytes);
  const source = { given: 0, freed: false };
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const { heartbeatMs = 60_000, stallMs = 60_000 } = times;
  const stalls = createStallGuard({ stallMs, cutOff: (socket) => openRequests.cutOff(socket) });
  guard = stalls;
  server = createServer(({ socket }, response) => {
    const signal = openRequests.track(response, nobody);
    async function* counted(): AsyncGenerator<StoredEvent> {
      try {
        for await (const event of make(signal)) {
          source.given += 1;
          yield event;
        }
      } finally {
        source.freed = true;
      }
    }
    const cutOff = (): void => openRequests.cutOff(socket);
    stalls.watch(socket);
    const options = { heartbeatMs, memory, signal, cutOff };
    sendEventStream(response, counted(), options).then(resolve, reject);
  });
  await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, openRequests, source, done };
}

async function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, resolve).on("error", reject).end();
  });
}

const event = (seq: number, text = "x"): StoredEvent => ({
  id: `1-${seq}`,
  type: "message.delta",
  data: JSON.stringify({ text }),
});

/** Waits like a follower: for nothing more, until the reader is gone. */
const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });

describe("sendEventStream", () => {
  it("sends each event's stored bytes as one block and closes after the last", async () => {
    const { url } = await serve(async function* () {
      yield { id: "0-1", type: "run.queued", data: '{"b":1,"a":"\\u0000 \u2028 é"}' };
      yield event(1);
    });
    expect(await (await fetch(url)).text()).toBe(
      'id: 0-1\nevent: run.queued\ndata: {"b":1,"a":"\\u0000 \u2028 é"}\n\n' +
        'id: 1-1\nevent: message.delta\ndata: {"text":"x"}\n\n',
    );
  });

  it("sends its headers before the first event", async () => {
    const { url } = await serve((signal) => silence(signal));
    const response = await open(url);
    expect(response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.destroy();
  });

  it("cuts off the reader that holds a large event longest where another needs the room, and goes on for that", async () => {
    const large = 16 * 2 ** 20;
    const { url } = await serve(
      async function* () {
        yield event(1, "x".repeat(large));
        yield event(2);
      },
      { memoryBytes: 4 * large },
    );
    const first = await open(url);
    const second = await open(url);
    // Of both nothing is read yet; each event is held as text and as bytes.
    await once(first.resume(), "error");
    const { events } = parseEventStream(await text(second));
    expect(events.map(({ id }) => id)).toEqual(["1-1", "1-2"]);
  });

  it("sends comments while nothing happens", async () => {
    const { url } = await serve(
      async function* () {
        await sleep(200);
        yield event(1);
      },
      { heartbeatMs: 20 },
    );
    const { events, comments } = parseEventStream(await (await fetch(url)).text());
    expect(events).toHaveLength(1);
    expect(comments).toBeGreaterThan(1);
  });

  it("frees the source when the reader goes away", async () => {
    const { url, source, done, openRequests } = await serve(async function* (signal) {
      yield event(1);
      yield* silence(signal);
    });
    const response = await open(url);
    await new Promise((resolve) => response.once("data", resolve));
    expect(openRequests.count).toBe(1);
    response.destroy();
    await done;
    expect(source).toEqual({ given: 1, freed: true });
    expect(openRequests.count).toBe(0);
  });

  it("ends the stream when the server closes", async () => {
    const { url, source, done, openRequests } = await serve(async function* (signal) {
      yield event(1);
      yield* silence(signal);
    });
    const text = fetch(url).then((response) => response.text());
    await expect.poll(() => source.given).toBe(1);
    openRequests.closeAll();
    expect(parseEventStream(await text).events).toHaveLength(1);
    await done;
    expect(source.freed).toBe(true);
  });

  it("asks for no more than a reader takes, and cuts off one that takes nothing", async () => {
    const text = "x".repeat(64 * 1024);
    const { url, source, done } = await serve(
      async function* () {
        for (let seq = 1; seq <= 100_000; seq += 1) yield event(seq, text);
      },
      { stallMs: 300 },
    );
    const response = await open(url);
    response.pause();
    const closed = new Promise((resolve) => response.once("close", resolve));
    await done;
    // Kernel buffers of both ends hold a few MiB; all events would be 6 GiB.
    expect(source.given).toBeLessThan(500);
    expect(source.freed).toBe(true);
    response.on("error", () => undefined).resume();
    await closed;
    expect(response.complete).toBe(false);
  });

  it("goes on with a reader that is slow but reads", async () => {
    const text = "x".repeat(64 * 1024);
    const { url, done } = await serve(
      async function* () {
        for (let seq = 1; seq <= 300; seq += 1) yield event(seq, text);
      },
      { stallMs: 2_000 },
    );
    const response = await open(url);
    let bytes = 0;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).byteLength;
      await sleep(1);
    }
    await done;
    expect(bytes).toBeGreaterThan(300 * 64 * 1024);
    expect(response.complete).toBe(true);
  });

  it("goes on with a reader that takes one large event for longer than it may take nothing", async () => {
    const stallMs = 1_000;
    const text = "x".repeat(24 * 1024 * 1024);
    const { url, done } = await serve(
      async function* () {
        yield event(1, text);
      },
      { stallMs },
    );
    const response = await open(url);
    let bytes = 0;
    for await (const chunk of response) {
      const { byteLength } = chunk as Buffer;
      bytes += byteLength;
      await sleep((byteLength / text.length) * 3 * stallMs);
    }
    await done;
    expect(bytes).toBeGreaterThan(text.length);
    expect(response.complete).toBe(true);
  }, 30_000);

  it("breaks off without an end where the source fails", async () => {
    const { url, done } = await serve(async function* () {
      yield event(1);
      throw new Error("no database");
    });
    const failed = expect(done).rejects.toThrow("no database");
    const response = await open(url);
    response.on("error", () => undefined).resume();
    await new Promise((resolve) => response.once("close", resolve));
    expect(response.complete).toBe(false);
    await failed;
  });
});

/** A source with nothing to give, until the reader is gone. */
function silence(signal: AbortSignal): AsyncIterable<StoredEvent> {
  const next = async (): Promise<IteratorResult<StoredEvent>> => {
    await untilAborted(signal);
    return { done: true, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}
