import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { ChatRequest } from "@llamaagent/core";
import { afterEach, describe, expect, it } from "vitest";
import { createOpenaiChatModel } from "./openai-chat-model.ts";

const MIB = 1024 * 1024;
/** What may be under way in the buffers of both sides when the reader stops. */
const IN_FLIGHT = 16 * MIB;
const hello: ChatRequest = { messages: [{ role: "user", content: "Hello" }], tools: [] };
const options = { signal: new AbortController().signal, step: "model/0" };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Sends the piece again and again until the connection is closed; `sent` gives the bytes then. */
async function startEndless(contentType: string, start: string, piece: string) {
  const sent = Promise.withResolvers<number>();
  server = createServer((_, response) => {
    let bytes = start.length;
    response.on("close", () => sent.resolve(bytes));
    response.writeHead(200, { "content-type": contentType });
    response.write(start);
    const send = (): void => {
      // Bounded, so that a client that reads on fails the test and not the machine.
      if (bytes > 200 * MIB) return void response.destroy();
      bytes += piece.length;
      // Called when the piece is with the system: no more than one waits here.
      response.write(piece, (error) => {
        if (!error) send();
      });
    };
    send();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const model = createOpenaiChatModel({
    id: "openai/endless",
    model: "endless",
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    apiKey: undefined,
    idleTimeoutMs: 30_000,
    limitField: "max_tokens",
  });
  return { model, sent: sent.promise };
}

const letters = "a".repeat(256 * 1024);

describe("an answer without an end", () => {
  it("is given up after 8 MiB without a line break in a stream", async () => {
    const { model, sent } = await startEndless("text/event-stream", "data: ", letters);
    await expect(Array.fromAsync(model.stream(hello, options))).rejects.toMatchObject({
      code: "model_answer_invalid",
      message: "the model's server sent more than 8 MiB without a line break",
    });
    expect(await sent).toBeLessThan(8 * MIB + IN_FLIGHT);
  });

  it("is given up after 64 MiB in a stream of many lines", async () => {
    const comment = `: ${letters}\n\n`;
    const { model, sent } = await startEndless("text/event-stream", "", comment);
    await expect(Array.fromAsync(model.stream(hello, options))).rejects.toMatchObject({
      code: "model_answer_invalid",
      message: "the model's server sent more than 64 MiB",
    });
    expect(await sent).toBeLessThan(64 * MIB + IN_FLIGHT);
  });

  it("is given up after 64 MiB where it is not streamed", async () => {
    const { model, sent } = await startEndless("application/json", '{"id": "', letters);
    await expect(model.complete(hello, options)).rejects.toMatchObject({
      code: "model_answer_invalid",
      message: "the model's server sent more than 64 MiB",
    });
    expect(await sent).toBeLessThan(64 * MIB + IN_FLIGHT);
  });
});
