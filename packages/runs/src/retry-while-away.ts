import { setTimeout as sleep } from "node:timers/promises";
import { isAppError } from "@llamaagent/core";

/** Between two tries. */
const RETRY_MS = 500;

/**
 * Tries again while the database is away, until the signal is raised: then the last error is thrown.
 * What it does must bear being done twice, because the outcome of a commit that broke off is not known.
 */
export async function retryWhileAway<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error, "service_unavailable") || signal.aborted) throw error;
      // Cut short by the signal: then comes the last try.
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
