import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  answerHi,
  chunk,
  eventStream,
  hello,
  hiStream,
  modelByHand,
  options,
  serveByHand,
  streamed,
} from "./test/serve-by-hand.ts";

describe("the connection", () => {
  it("serves the next call, also where the answer's end comes after its last word", async () => {
    const server = await serveByHand((response) => {
      response.writeHead(200, eventStream).write(hiStream);
      setTimeout(() => response.end(), 30);
    });
    for (let call = 0; call < 3; call++) {
      expect(await streamed(server.origin)).toBe("Hi|");
      await sleep(100);
    }
    expect(server.opened()).toBe(1);
  });

  it("is closed where the server says [DONE] and keeps it open; the answer does not wait", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await serveByHand((response) => {
      response.on("close", closed.resolve).writeHead(200, eventStream).write(hiStream);
    });
    expect(await streamed(server.origin)).toBe("Hi|");
    await closed.promise;
  });

  it("is one for each of 200 calls at once", async () => {
    const waiting: ServerResponse[] = [];
    const server = await serveByHand((response) => {
      waiting.push(response);
      if (waiting.length === 200) for (const each of waiting) answerHi(each);
    });
    const calls = Array.from({ length: 200 }, () => streamed(server.origin));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["Hi|"]));
    expect(server.opened()).toBe(200);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["before the head", () => {}],
    ["before the first piece", (response) => response.writeHead(200, eventStream).flushHeaders()],
    ["in the middle", (response) => response.writeHead(200, eventStream).write(chunk("Hi"))],
  ])("is closed where the call is aborted %s", async (_name, answer) => {
    for (const reason of [new Error("enough"), "enough"]) {
      const [asked, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const server = await serveByHand((response) => {
        response.on("close", closed.resolve);
        answer(response);
        asked.resolve();
      });
      const controller = new AbortController();
      const call = { ...options, signal: controller.signal };
      const reading = Array.fromAsync(modelByHand(server.origin).stream(hello, call));
      await asked.promise;
      await sleep(20);
      controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
      await closed.promise;
    }
  });

  it("is closed at once where the reader stops early", async () => {
    const hasEnded = Promise.withResolvers<boolean>();
    const server = await serveByHand((response) => {
      response.on("close", () => hasEnded.resolve(response.writableEnded));
      response.writeHead(200, eventStream).write(chunk("Hi"));
      setTimeout(() => response.end(), 500);
    });
    for await (const part of modelByHand(server.origin).stream(hello, options)) {
      expect(part).toEqual({ type: "text", text: "Hi" });
      break;
    }
    expect(await hasEnded.promise).toBe(false);
  });
});
