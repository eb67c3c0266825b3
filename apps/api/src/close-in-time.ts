import type { FastifyInstance } from "fastify";

const DRAIN_MS = 20_000;

/** Closes when the requests under way have ended, at the latest after 20 s: a slow upload must not hold it. */
export async function closeInTime(
  app: Pick<FastifyInstance, "close" | "server">,
  drainMs: number = DRAIN_MS,
): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), drainMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
