import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const INTERVAL_MS = 50;
const LINGER_MS = 1_000;

/**
 * Before the server closes, while its answers carry `Connection: close`: a request may be on its way over
 * a connection that looks idle here, and closing that one loses it. Resolves after a second, or once no
 * connection is left.
 */
export async function lingerConnections(server: Server): Promise<void> {
  const until = performance.now() + LINGER_MS;
  const countConnections = promisify(server.getConnections.bind(server));
  while (performance.now() < until && (await countConnections()) > 0) await sleep(INTERVAL_MS);
}

/**
 * Until the server has closed: Node closes what is idle when the close begins, but a connection whose
 * stream ends just after that would hold the server for the rest of its keep-alive time, 72 s.
 */
export function closeIdleConnections(server: Server): void {
  const timer = setInterval(() => server.closeIdleConnections(), INTERVAL_MS);
  server.once("close", () => clearInterval(timer));
}
