import type { Server } from "node:https";
import type { SecureContextOptions } from "node:tls";
import type { Clock } from "@llamaagent/core";
import type { Logger } from "@llamaagent/observability";
import { assertInTime, endsSoon } from "./load-certificate.ts";
import { readCertificate, type ServerCertificate } from "./read-certificate.ts";

const LOOK_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What both the server and a renewal of its certificate are given. */
export const secureContext = ({ cert, key }: ServerCertificate): SecureContextOptions => ({
  cert,
  key,
  minVersion: "TLSv1.2",
});

/**
 * Reads the files each minute and lets the server go on with what was renewed, for new connections; those that are
 * open stay. The content says whether it was: Kubernetes swaps links, others rename or write in place. Two files that
 * do not fit, perhaps because the second is still to come, are told once, and the former go on. Once a day it tells
 * of an end within 14 days. Returns what ends it.
 */
export function followCertificate(
  server: Pick<Server, "setSecureContext">,
  certificate: ServerCertificate,
  options: { clock: Clock; logger: Pick<Logger, "info" | "warn">; lookMs?: number },
): () => void {
  const { clock, logger, lookMs = LOOK_MS } = options;
  let current = certificate;
  let toldFault: string | undefined;
  let toldEndAt = -Infinity;

  async function renew(): Promise<void> {
    const found = await readCertificate(current.paths);
    if (found.cert === current.cert && found.key === current.key) return;
    assertInTime(found, clock.now());
    server.setSecureContext(secureContext(found));
    current = found;
    toldEndAt = -Infinity;
    logger.info({ ends_at: found.endsAt }, "the certificate was renewed");
  }
  function tellOfEnd(): void {
    if (!endsSoon(current, clock.now()) || clock.monotonicMs() - toldEndAt < DAY_MS) return;
    toldEndAt = clock.monotonicMs();
    logger.warn({ ends_at: current.endsAt }, "the certificate ends soon, or has ended: renew it");
  }
  async function look(): Promise<void> {
    try {
      await renew();
      toldFault = undefined;
    } catch (error) {
      const said = String(error);
      if (said !== toldFault)
        logger.warn({ err: error }, "the certificate's files cannot be used: the former go on");
      toldFault = said;
    }
    tellOfEnd();
  }

  tellOfEnd();
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = undefined));
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}
