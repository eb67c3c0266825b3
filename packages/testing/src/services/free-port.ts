import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that systems give to outgoing connections (from 32768 on Linux, 49152 elsewhere): one
 * of those could take the port between a server's end and its restart.
 */
const PORTS = { from: 20_000, to: 32_000 };

/** A loopback port that was free a moment ago: use it soon, and prefer port 0 where a server takes it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]).catch(() => false); // both wait for each other's failure too
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
