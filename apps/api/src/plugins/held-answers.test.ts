import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createTransports } from "@llamaagent/testing/services/transports";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createReaderMemory } from "../reader-memory.ts";
import { boundHeldAnswers } from "./held-answers.ts";

const STALL_MS = 500;
// More than the kernel's buffers of both ends take.
const large = "x".repeat(24 * 2 ** 20);

describe.each(await createTransports())("over $name", ({ secure, request, connect }) => {
  let app: FastifyInstance;
  let cuts: number;
  beforeEach(async () => {
    cuts = 0;
    app = fastify({ https: secure ?? null }) as unknown as FastifyInstance;
    boundHeldAnswers(app, {
      stallMs: STALL_MS,
      memory: createReaderMemory(1.5 * large.length),
      cutOff(socket) {
        cuts += 1;
        socket.destroy();
      },
    });
    app.get("/large", async () => large);
    app.get("/late-and-large", async () => sleep(STALL_MS, large));
    app.get("/late", async () => sleep(3 * STALL_MS, "late"));
    await app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterEach(() => app.close());

  const ask = (path: string) => request(app.listeningOrigin + path, {});
  async function get(path: string): Promise<IncomingMessage> {
    const [response] = await once(ask(path).end(), "response");
    return response;
  }

  async function read(response: IncomingMessage, pauseMs = 0): Promise<number> {
    let bytes = 0;
    for await (const chunk of response) {
      // A stream without an encoding gives bytes.
      const { byteLength } = chunk as Buffer;
      bytes += byteLength;
      await sleep((byteLength / large.length) * pauseMs);
    }
    return bytes;
  }

  it("cuts off a client that takes nothing of a large answer", async () => {
    const response = await get("/large");
    await expect.poll(() => cuts, { timeout: 5_000 }).toBe(1);
    await expect(read(response)).rejects.toThrow("aborted");
  });

  it("cuts off one that takes nothing, whatever it sends", async () => {
    const socket = connect(Number(new URL(app.listeningOrigin).port));
    const sends = setInterval(() => socket.write("\r\n"), STALL_MS / 10);
    socket.on("error", () => undefined).write("GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
    await expect.poll(() => cuts, { timeout: 5_000 }).toBe(1);
    clearInterval(sends);
    socket.destroy();
  });

  it("cuts off the one that has it longest where two are too much, and goes on for the other", async () => {
    const first = await get("/large");
    expect(await read(await get("/large"))).toBe(large.length);
    await expect(read(first)).rejects.toThrow("aborted");
    expect(cuts).toBe(1);
  });

  it("has room again once an answer was taken", async () => {
    for (let n = 0; n < 3; n += 1) expect(await read(await get("/large"))).toBe(large.length);
    expect(cuts).toBe(0);
  });

  it("ends a connection that has more than eight requests under way", async () => {
    const socket = connect(Number(new URL(app.listeningOrigin).port));
    const closed = once(socket, "close");
    socket.on("error", () => undefined).resume();
    socket.write("GET /late HTTP/1.1\r\nhost: a\r\n\r\n".repeat(9));
    await closed;
    expect(cuts).toBe(1);
    const few = connect(Number(new URL(app.listeningOrigin).port));
    let text = "";
    few.on("data", (chunk) => (text += chunk.toString()));
    few.write("GET /late HTTP/1.1\r\nhost: a\r\n\r\n".repeat(8));
    await expect.poll(() => text.match(/^late/gm)?.length, { timeout: 10_000 }).toBe(8);
    few.destroy();
  });

  it("holds nothing for a client that is gone before its answer", async () => {
    for (let n = 0; n < 5; n += 1) {
      const asked = ask("/late-and-large").on("error", () => undefined);
      asked.end();
      await sleep(50);
      asked.destroy();
    }
    await sleep(2 * STALL_MS);
    const response = await get("/large");
    expect(await read(response, 2 * STALL_MS)).toBe(large.length);
    expect(cuts).toBe(0);
  });

  it("goes on with one that takes it slowly", async () => {
    expect(await read(await get("/large"), 4 * STALL_MS)).toBe(large.length);
    expect(cuts).toBe(0);
  });

  it("goes on with one whose answer is still to come", async () => {
    expect(await read(await get("/late"))).toBe(4);
    expect(cuts).toBe(0);
  });
});
