import type { KeyVerifier } from "@llamaagent/auth";
import type { FastifyInstance } from "fastify";
import type { Logger } from "@llamaagent/observability";
import type { OpenRequests } from "../open-requests.ts";

/** With what the verifier and its query take, it ends within 5 s. */
const LOOK_MS = 1_000;

/** Streams and waits outlive the look at their key: they end when it does. */
export function endWithTheirKeys(
  app: FastifyInstance,
  options: { keys: KeyVerifier; openRequests: OpenRequests; logger: Logger },
): void {
  const { keys, openRequests, logger } = options;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      openRequests.cutOffKeys(await keys.ended(openRequests.keyIds()));
    } catch (error) {
      logger.warn({ err: error }, "the keys of open streams could not be looked at");
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  app.addHook("onClose", async () => clearInterval(timer));
}
