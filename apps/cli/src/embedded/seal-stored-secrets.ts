import type { Database } from "@llamaagent/db";
import type { Logger } from "@llamaagent/observability";
import { type Envelope, rewrapAll } from "@llamaagent/protection";
import { sealedWebhookKeys } from "@llamaagent/runs";

/**
 * At the start of the only process: what an earlier release has stored plain is sealed, and what is under a
 * former master key wrapped anew. What cannot be opened is told now, not when it is needed.
 */
export async function sealStoredSecrets(
  db: Database,
  envelope: Envelope,
  logger: Pick<Logger, "info" | "warn">,
): Promise<void> {
  const { sealed, rewrapped, unreadable } = await rewrapAll(sealedWebhookKeys(db), envelope);
  if (sealed + rewrapped > 0)
    logger.info(
      { sealed, rewrapped },
      `stored secrets are under master key ${envelope.version} now`,
    );
  if (unreadable > 0)
    logger.warn(
      { unreadable },
      "stored secrets cannot be opened with the master keys of this server: see docs/encryption.md",
    );
}
