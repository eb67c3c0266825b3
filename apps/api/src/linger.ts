import type { Server } from "node:http";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const LOOK_MS = 50;
/** A client that has its answer, and connects for each request, is back by then. */
const QUIET_MS = 250;
/** For a request on its way over a connection that looks idle here: closing that one loses it. */
const KEPT_ALIVE_MS = 1_000;
/** For a load balancer to hear that this server is no longer ready. */
const LINGER_MS = 5_000;
/** The end of that time: whoever still connects gets no answer that would have him connect again. */
const HELD_MS = 1_000;
/** The connections that a listening socket keeps for Node to accept, at most: Node's default backlog. */
const BACKLOG = 511;

/**
 * What a server does before it closes, while its answers carry `Connection: close`. Resolves once 250 ms
 * have brought no new connection, and none is left or a second is over; after 5 s in any case. In the
 * last of those seconds it calls `hold`: requests that come are to be answered after the close. Close
 * the server at once then, in the same turn of the event loop.
 */
export function createLinger(server: Server): (hold: () => void) => Promise<void> {
  // From the start, so that a server that nobody uses closes at once.
  let connectedAt = -Infinity;
  server.on("connection", () => (connectedAt = performance.now()));
  const countConnections = promisify(server.getConnections.bind(server));

  return async (hold) => {
    const startedAt = performance.now();
    for (;;) {
      const now = performance.now();
      const lingeredMs = now - startedAt;
      if (lingeredMs >= LINGER_MS) break;
      const isQuiet = now - connectedAt >= QUIET_MS;
      if (isQuiet && (lingeredMs >= KEPT_ALIVE_MS || (await countConnections()) === 0)) break;
      if (lingeredMs >= LINGER_MS - HELD_MS) hold();
      await sleep(LOOK_MS);
    }
    await acceptWaiting(server);
  };
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
