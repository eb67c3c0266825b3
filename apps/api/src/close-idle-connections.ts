import type { Server } from "node:http";

const INTERVAL_MS = 50;

/**
 * Until the server has closed: Node closes what is idle when the close begins, but a connection whose
 * stream ends just after that would hold the server for the rest of its keep-alive time, 72 s.
 */
export function closeIdleConnections(server: Server): void {
  const timer = setInterval(() => server.closeIdleConnections(), INTERVAL_MS);
  server.once("close", () => clearInterval(timer));
}
