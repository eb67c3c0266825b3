import type { IncomingMessage } from "node:http";
import type { KeyVerifier } from "@llamaagent/auth";
import type { Logger } from "@llamaagent/observability";
import type { FastifyInstance } from "fastify";
import type { OpenRequests } from "../open-requests.ts";

/** With what the verifier and its query take, it ends within 5 s. */
const LOOK_MS = 1_000;

/**
 * Whatever is under way ends with its key: a stream, a wait, a body that is still to come. Register it
 * behind what authenticates, and behind WebSockets.
 */
export function endWithTheirKeys(
  app: FastifyInstance,
  options: { keys: KeyVerifier; openRequests: Pick<OpenRequests, "cutOff">; logger: Logger },
): void {
  const { keys, openRequests, logger } = options;
  /** By what it came with. */
  const underWay = new Map<IncomingMessage, string>();
  app.addHook("onRequest", ({ raw, ws, principal: { keyId } }, reply, done) => {
    if (keyId !== undefined) {
      underWay.set(raw, keyId);
      (ws ? raw.socket : reply.raw).once("close", () => underWay.delete(raw));
    }
    done();
  });

  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const ended = new Set(await keys.ended([...new Set(underWay.values())]));
      for (const [{ socket }, keyId] of underWay) if (ended.has(keyId)) openRequests.cutOff(socket);
    } catch (error) {
      logger.warn({ err: error }, "the keys of open requests could not be looked at");
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  // A close waits for requests under way, too: hooks of Fastify's come before.
  app.server.once("close", () => clearInterval(timer));
}
