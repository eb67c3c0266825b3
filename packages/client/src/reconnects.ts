import { isTransient, retryDelayMs } from "./retry.ts";
import type { Runtime } from "./runtime.ts";
import type { LlamaAgentError } from "./llama-agent-error.ts";

export interface Reconnect {
  /** Failures in a row, this one included. */
  failures: number;
  delayMs: number;
  cause: LlamaAgentError;
}

export interface Reconnects {
  /** The connection brought bytes: the time without one is over. */
  alive(): void;
  /** It brought what was asked for: the next failure is again the first in a row. */
  progressed(): void;
  /** Waits before the next try; throws the error where another try is pointless or time is up. */
  failed(error: unknown): Promise<void>;
}

/**
 * For what is read on and on: a stream, a wait. Before the first sign of life a few tries must do,
 * as for any request (the address may be wrong); after it, a server's restart is sat out.
 */
export function createReconnects(
  runtime: Pick<Runtime, "retry" | "random" | "sleep" | "monotonicMs">,
  options: {
    signal: AbortSignal | undefined;
    onReconnect?: ((reconnect: Reconnect) => void) | undefined;
  },
): Reconnects {
  let wasAlive = false;
  let failures = 0;
  let failingSinceMs: number | undefined;
  return {
    alive() {
      wasAlive = true;
      failingSinceMs = undefined;
    },
    progressed() {
      failures = 0;
    },
    async failed(error) {
      options.signal?.throwIfAborted();
      if (!isTransient(error)) throw error;
      failures += 1;
      failingSinceMs ??= runtime.monotonicMs();
      const isOver = wasAlive
        ? runtime.monotonicMs() - failingSinceMs >= runtime.retry.reconnectSeconds * 1000
        : failures >= runtime.retry.attempts;
      if (isOver) throw error;
      const delayMs = retryDelayMs(error, failures, runtime.random());
      options.onReconnect?.({ failures, delayMs, cause: error });
      await runtime.sleep(delayMs, options.signal);
    },
  };
}
