import type { IncomingMessage } from "node:http";
import type { CredentialVerifier } from "@llamaagent/auth";
import type { Principal } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import type { FastifyInstance } from "fastify";
import type { OpenRequests } from "../open-requests.ts";
import { nobody } from "./authenticate.ts";

/** With what the verifier and its query take, it ends within 5 s. */
const LOOK_MS = 1_000;

/**
 * Whatever is under way ends with its credential: a stream, a wait, a body that is still to come. Register it
 * behind what authenticates, and behind WebSockets.
 */
export function endWithTheirCredentials(
  app: FastifyInstance,
  options: {
    credentials: CredentialVerifier;
    openRequests: Pick<OpenRequests, "cutOff">;
    logger: Logger;
  },
): void {
  const { credentials, openRequests, logger } = options;
  const underWay = new Map<IncomingMessage, Principal>();
  app.addHook("onRequest", ({ raw, ws, principal }, reply, done) => {
    if (principal !== nobody) {
      underWay.set(raw, principal);
      (ws ? raw.socket : reply.raw).once("close", () => underWay.delete(raw));
    }
    done();
  });

  function cutOff(ended: readonly Principal[]): void {
    const those = new Set(ended);
    for (const [{ socket }, principal] of underWay)
      if (those.has(principal)) openRequests.cutOff(socket);
  }

  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      cutOff(credentials.over([...underWay.values()]));
      cutOff(await credentials.ended([...underWay.values()]));
    } catch (error) {
      logger.warn({ err: error }, "the credentials of open requests could not be looked at");
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  // A close waits for requests under way, too: hooks of Fastify's come before.
  app.server.once("close", () => clearInterval(timer));
}
