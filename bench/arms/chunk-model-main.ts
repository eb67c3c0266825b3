/**
 * A model behind HTTP that streams as OpenAI does: `chunks-50` sends 50 pieces, one each 10 ms; `chunks-1`
 * one piece, after as long a time. Each piece is the time at which it was sent. Prints its URL.
 */
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { CHUNK_MS, CHUNKS, stamp } from "./chunk-stamp.ts";

const Asked = z.object({ model: z.string().regex(/^chunks-\d+$/) });

const server = createServer((request, response) => {
  // Servers may ask for the list of models.
  if (request.method !== "POST") {
    response.writeHead(404).end();
    return;
  }
  void (async () => {
    const { model } = Asked.parse(await json(request));
    const chunks = Number(model.slice("chunks-".length));
    const send = (delta: object, finishReason: string | null): unknown =>
      response.write(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`,
      );
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let sent = 0; sent < chunks; sent += 1) {
      await sleep((CHUNK_MS * CHUNKS) / chunks);
      send({ content: stamp() }, null);
    }
    send({}, "stop");
    response.end("data: [DONE]\n\n");
  })();
});
// Longer than any round of the other arm: else a request may meet the end of its idle connection.
server.keepAliveTimeout = 72_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object")
    process.stdout.write(`listening at http://127.0.0.1:${address.port}/v1\n`);
});
