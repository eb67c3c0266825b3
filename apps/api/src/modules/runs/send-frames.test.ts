import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@llamaagent/core";
import { askForSocket, readSocket } from "@llamaagent/testing/api/read-socket";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { createOpenRequests } from "../../open-requests.ts";
import { nobody } from "../../plugins/authenticate.ts";
import { boundHeldAnswers } from "../../plugins/held-answers.ts";
import { serveWebSockets } from "../../plugins/web-sockets.ts";
import { createReaderMemory } from "../../reader-memory.ts";
import { sendFrames } from "./send-frames.ts";
import type { StreamFrame } from "./stream-frames.ts";

interface Stream {
  url: string;
  /** How often the source was asked, and whether it was told that nobody reads on. */
  source: { given: number; freed: boolean };
  /** Settles when the server is done with the stream. */
  done: Promise<void>;
}

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function serve(
  make: (signal: AbortSignal) => AsyncIterable<StreamFrame>,
  {
    memoryBytes = 2 ** 30,
    heartbeatMs = 60_000,
    stallMs = 60_000,
  }: { heartbeatMs?: number; stallMs?: number; memoryBytes?: number } = {},
): Promise<Stream> {
  const openRequests = createOpenRequests();
  const memory = createReaderMemory(memoryBytes);
  const source = { given: 0, freed: false };
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  app = fastify();
  boundHeldAnswers(app, { stallMs, memory, cutOff: (socket) => openRequests.cutOff(socket) });
  await serveWebSockets(app, { socketFault: () => undefined });
  app.route({
    method: "GET",
    url: "/runs/:run_id/stream",
    handler: () => "",
    wsHandler(socket, request) {
      const signal = openRequests.track(request.raw.socket, nobody);
      async function* counted(): AsyncGenerator<StreamFrame> {
        try {
          for await (const frame of make(signal)) {
            source.given += 1;
            yield frame;
          }
        } finally {
          source.freed = true;
        }
      }
      const options = { heartbeatMs, stallMs, memory, signal };
      sendFrames(socket, counted(), options).then(resolve, reject);
    },
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: `${app.listeningOrigin}/runs/1/stream`, source, done };
}

const frame = (seq: number, text = "x"): StreamFrame => ({
  id: `1-${seq}`,
  type: "message.delta",
  data: JSON.stringify({ text }),
});
async function* many(count: number, text: string): AsyncGenerator<StreamFrame> {
  for (let seq = 1; seq <= count; seq += 1) yield frame(seq, text);
}
const large = "x".repeat(64 * 1024);

describe("sendFrames", () => {
  it.each(["sends nothing", "sends pongs"])(
    "asks for no more than a reader takes, and cuts off one that takes nothing and %s",
    async (what) => {
      const { url, source, done } = await serve(() => many(100_000, large), { stallMs: 300 });
      const { socket } = await askForSocket(url);
      socket?.pause();
      // A pong that nobody asked for, masked (RFC 6455, 5.5.3).
      const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
      const pongs = setInterval(() => what === "sends pongs" && socket?.write(pong), 50);
      await done;
      clearInterval(pongs);
      // Kernel buffers of both ends hold a few MiB; all frames would be 6 GiB.
      expect(source.given).toBeLessThan(500);
      expect(source.freed).toBe(true);
      const closed = socket && once(socket, "close");
      socket?.on("error", () => undefined).resume();
      await closed;
    },
  );

  it("cuts off the reader that holds a large frame longest where another needs the room", async () => {
    const bytes = 16 * 2 ** 20;
    const { url } = await serve(() => many(1, "x".repeat(bytes)), { memoryBytes: 4 * bytes });
    const { socket: first } = await askForSocket(url);
    first?.pause();
    const second = await readSocket(url);
    expect([second.code, second.frames.length]).toEqual([1000, 1]);
    const cut = first && once(first, "close");
    first?.on("error", () => undefined).resume();
    await cut;
  });

  it("sends a reader that is slow but reads all of it, then closes", async () => {
    const { url, source } = await serve(() => many(300, large), { stallMs: 5_000 });
    const read = await readSocket(url);
    expect(read).toMatchObject({ code: 1000, reason: "the run has ended" });
    expect(read.frames).toHaveLength(300);
    expect(source).toEqual({ given: 300, freed: true });
  });

  it("goes on with a reader that takes one large frame for longer than it may take nothing", async () => {
    const stallMs = 1_000;
    const text = "x".repeat(24 * 1024 * 1024);
    const times = { stallMs, heartbeatMs: stallMs };
    const { url, done } = await serve(() => many(1, text), times);
    const { socket } = await askForSocket(url);
    let bytes = 0;
    // The first of them come with the answer to the upgrade.
    const most = text.length - 128 * 1024;
    // By hand: it answers no ping.
    for await (const chunk of socket ?? []) {
      const { byteLength } = chunk as Buffer;
      bytes += byteLength;
      if (bytes > most) break;
      await sleep((byteLength / text.length) * 3 * stallMs);
    }
    await done;
    expect(bytes).toBeGreaterThan(most);
  }, 30_000);

  it("frees the source when the reader goes away", async () => {
    const { url, source, done } = await serve(async function* (signal) {
      yield frame(1);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    await readSocket(url, { onFrame: (socket) => socket.close() });
    await done;
    expect(source).toEqual({ given: 1, freed: true });
  });

  it("says that trying again would not help", async () => {
    const { url } = await serve(async function* () {
      yield frame(1);
      throw new AppError("conflict");
    });
    expect(await readSocket(url)).toMatchObject({ code: 1008, reason: "conflict" });
  });

  it("says that the position cannot be where that is found late", async () => {
    const { url } = await serve(async function* () {
      yield frame(1);
      throw new AppError("invalid_event_id");
    });
    expect(await readSocket(url)).toMatchObject({ code: 1008, reason: "invalid_event_id" });
  });

  it("breaks off with a code where the source fails", async () => {
    const { url, done } = await serve(async function* () {
      yield frame(1);
      throw new Error("no database");
    });
    const failed = expect(done).rejects.toThrow("no database");
    expect(await readSocket(url)).toMatchObject({ code: 1011, reason: "internal" });
    await failed;
  });
});
