import type { Server } from "node:http";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const INTERVAL_MS = 50;
const LINGER_MS = 1_000;
/** The connections that a listening socket keeps for Node to accept, at most: Node's default backlog. */
const BACKLOG = 511;

/**
 * Before the server closes, while its answers carry `Connection: close`: a request may be on its way over
 * a connection that looks idle here, and closing that one loses it. Resolves after a second, or once no
 * connection is left; close the server at once then, in the same turn of the event loop.
 */
export async function lingerConnections(server: Server): Promise<void> {
  const until = performance.now() + LINGER_MS;
  const countConnections = promisify(server.getConnections.bind(server));
  while (performance.now() < until && (await countConnections()) > 0) await sleep(INTERVAL_MS);
  await acceptWaiting(server);
}

/** The kernel resets what waits to be accepted when its socket closes; Node accepts one a turn. */
async function acceptWaiting(server: Server): Promise<void> {
  let hasAccepted = true;
  const onConnection = (): void => void (hasAccepted = true);
  server.on("connection", onConnection);
  // Called where connections are accepted, this turn ends without a look at the socket.
  await nextTurn();
  for (let turns = 0; hasAccepted && turns < BACKLOG; turns += 1) {
    hasAccepted = false;
    await nextTurn();
  }
  server.off("connection", onConnection);
}

/**
 * Until the server has closed: Node closes what is idle when the close begins, but a connection whose
 * stream ends just after that would hold the server for the rest of its keep-alive time, 72 s.
 */
export function closeIdleConnections(server: Server): void {
  const timer = setInterval(() => server.closeIdleConnections(), INTERVAL_MS);
  server.once("close", () => clearInterval(timer));
}
