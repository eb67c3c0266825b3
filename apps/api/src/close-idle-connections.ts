import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { beneathTls } from "./beneath-tls.ts";

const INTERVAL_MS = 50;
/** For the request that a new connection was made for; for the rest of one, or of a handshake, that has begun to come. */
const UNUSED_MS = 1_000;
const UNFINISHED_MS = 5_000;

/**
 * Call the answer when the server's close begins: until it has closed. Node closes what is idle then, but
 * a connection whose stream ends just after that would hold the server for the rest of its keep-alive
 * time, 72 s, and one that no request has come over for ever: clients make some in advance.
 */
export function createIdleCloser(server: Server): () => void {
  const answering = new Set<ServerResponse>();
  /** Since when a connection is there that no request has come over. */
  const unused = new Map<Socket, number>();
  const begin = (socket: Socket): void => {
    unused.set(socket, performance.now());
    socket.once("close", () => unused.delete(socket));
  };
  server.on("connection", begin);
  // Under TLS that was the connection beneath, whose handshake is over now: requests come over this one.
  server.on("secureConnection", (socket: Socket) => {
    unused.delete(beneathTls(socket));
    begin(socket);
  });
  server.on("request", (request, response) => {
    unused.delete(request.socket);
    answering.add(response);
    response.once("close", () => answering.delete(response));
  });
  // For Node a connection is idle once its answer has ended, also while a slow reader has yet to take it.
  const isTaken = (response: ServerResponse): boolean =>
    !response.writableEnded || response.writableFinished;
  const closeUnused = (): void => {
    for (const [socket, since] of unused) {
      const patienceMs = socket.bytesRead === 0 ? UNUSED_MS : UNFINISHED_MS;
      if (performance.now() - since >= patienceMs) socket.destroy();
    }
  };
  return () => {
    const timer = setInterval(() => {
      if ([...answering].every(isTaken)) server.closeIdleConnections();
      closeUnused();
    }, INTERVAL_MS);
    server.once("close", () => clearInterval(timer));
  };
}
