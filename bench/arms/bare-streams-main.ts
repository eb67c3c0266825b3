/**
 * Bare server-sent events on `node:http`: one event, then a comment each 15 s, as ours sends. Prints its
 * URL.
 */
import { createServer, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";

const HEARTBEAT_MS = 15_000;

const readers = new Set<ServerResponse>();
setInterval(() => {
  for (const reader of readers) reader.write(": heartbeat\n\n");
}, HEARTBEAT_MS);

const server = createServer((request, response) => {
  void (async () => {
    await json(request);
    readers.add(response);
    response.once("close", () => readers.delete(response));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write('id: 0-1\nevent: run.queued\ndata: {"run_id":"run"}\n\n');
  })();
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object")
    process.stdout.write(`listening at http://127.0.0.1:${address.port}\n`);
});
