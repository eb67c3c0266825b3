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

describe("the answer", () => {
  it("may come in pieces of one byte", async () => {
    const server = await serveByHand(async (response) => {
      response.writeHead(200, eventStream);
      for (const byte of Buffer.from(chunk("é🦙") + hiStream)) {
        response.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      response.end();
    });
    expect(await streamed(server.origin)).toBe("é🦙Hi|");
  });

  it("ends at an abort, also where more of it is here already", async () => {
    const server = await serveByHand(answerHi);
    const controller = new AbortController();
    const reading = (async () => {
      const call = { ...options, signal: controller.signal };
      const parts = modelByHand(server.origin).stream(hello, call);
      for await (const part of parts) {
        expect(part.type).toBe("text");
        controller.abort("enough");
      }
    })();
    await expect(reading).rejects.toBe("enough");
  });

  it("is not silent while comments come", async () => {
    const server = await serveByHand(async (response) => {
      response.writeHead(200, eventStream);
      for (let n = 0; n < 10; n++) {
        response.write(": working\n\n");
        await sleep(100);
      }
      response.end(hiStream);
    });
    const model = modelByHand(server.origin, { idleTimeoutMs: 500 });
    expect((await Array.fromAsync(model.stream(hello, options))).length).toBe(2);
  });

  it.each([
    ["is JSON where a stream was asked for", '{"choices":[{"message":{"content":"Hi"}}]}'],
    ["is cut before its reason to finish", chunk("")],
    ["holds a chunk that is no JSON", "data: {\n\n"],
    ["holds a chunk of another shape", 'data: {"choices":"none"}\n\n'],
  ])("cannot be used where it %s", async (_name, text) => {
    const server = await serveByHand((response) => response.writeHead(200).end(text));
    await expect(streamed(server.origin)).rejects.toMatchObject({ code: "model_unavailable" });
  });

  it.each([
    ['data: {"error":{"message":"slow","code":429}}', "model_rate_limited", ": slow"],
    ['data: {"error":{"code":"rate_limit_exceeded"}}', "model_rate_limited", undefined],
    ['data: {"error":{"type":"invalid_request_error"}}', "model_rejected", undefined],
    ['event: error\ndata: {"message":"bad sk-mine"}', "model_unavailable", ": bad [key]"],
    ['event: error\ndata: "gone"', "model_unavailable", ": gone"],
  ])("ends in the error of its event %s", async (event, code, words) => {
    const server = await serveByHand((response) => {
      response.writeHead(200, eventStream).end(`${chunk("Hi")}${event}\n\n`);
    });
    await expect(streamed(server.origin)).rejects.toMatchObject({
      code,
      message: words
        ? `the model's provider answered an error${words}`
        : expect.stringContaining("answered an error: {"),
    });
  });

  it.each([
    ["<h1>Bad gateway</h1>", ": <h1>Bad gateway</h1>"],
    ['{"error":"no such model"}', ": no such model"],
    ['{"detail":"Not Found"}', ': {"detail":"Not Found"}'],
    ['{"error":{"message":"the key sk-mine is old"}}', ": the key [key] is old"],
    ["", ""],
  ])("is passed on where it refuses with %j", async (body, words) => {
    const server = await serveByHand((response) => response.writeHead(502).end(body));
    const message = `the model's provider answered 502${words}`;
    const failure = { code: "model_unavailable", message };
    await expect(streamed(server.origin)).rejects.toMatchObject(failure);
    await expect(modelByHand(server.origin).complete(hello, options)).rejects.toMatchObject(
      failure,
    );
  });
});
