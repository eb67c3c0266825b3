import type { Server, ServerResponse } from "node:http";

const INTERVAL_MS = 50;

/**
 * Call the answer when the server's close begins: until it has closed. Node closes what is idle then, but
 * a connection whose stream ends just after that would hold the server for the rest of its keep-alive
 * time, 72 s.
 */
export function createIdleCloser(server: Server): () => void {
  const answering = new Set<ServerResponse>();
  server.on("request", (_request, response) => {
    answering.add(response);
    response.once("close", () => answering.delete(response));
  });
  // For Node a connection is idle once its answer has ended, also while a slow reader has yet to take it.
  const isTaken = (response: ServerResponse): boolean =>
    !response.writableEnded || response.writableFinished;
  return () => {
    const timer = setInterval(() => {
      if ([...answering].every(isTaken)) server.closeIdleConnections();
    }, INTERVAL_MS);
    server.once("close", () => clearInterval(timer));
  };
}
