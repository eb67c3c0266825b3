import { isLlamaAgentError, type LlamaAgentError } from "./llama-agent-error.ts";
import type { Runtime } from "./runtime.ts";

/** A server that asks for more patience than this gets its error shown instead. */
const MAX_RETRY_AFTER_SECONDS = 60;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;

/** Answers and losses after which the same request may well succeed. */
export function isTransient(error: unknown): error is LlamaAgentError {
  if (!isLlamaAgentError(error)) return false;
  if ((error.retryAfterSeconds ?? 0) > MAX_RETRY_AFTER_SECONDS) return false;
  return error.code === "connection_failed" || [429, 502, 503, 504].includes(error.status ?? 0);
}

/** Doubles from 0.2 s to 10 s, the upper half at random; never earlier than the server asked. */
export function retryDelayMs(error: LlamaAgentError, failures: number, random: number): number {
  const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
  return Math.max(ceiling * (0.5 + random / 2), (error.retryAfterSeconds ?? 0) * 1000);
}

/**
 * Only for work whose repetition changes nothing more than its first time; it is told how often it was
 * tried before.
 */
export async function withRetries<T>(
  runtime: Pick<Runtime, "retry" | "random" | "sleep">,
  signal: AbortSignal | undefined,
  attempt: (failures: number) => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(failures);
    } catch (error) {
      if (!isTransient(error) || failures + 1 >= runtime.retry.attempts) throw error;
      await runtime.sleep(retryDelayMs(error, failures + 1, runtime.random()), signal);
    }
  }
}
