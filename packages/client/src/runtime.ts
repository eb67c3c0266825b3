/** What the client takes from its surroundings; tests put in their own. */
export interface Runtime {
  /** Without a slash at the end. */
  baseUrl: string;
  apiKey: string | undefined;
  fetch: typeof fetch;
  retry: RetryOptions;
  /** A stream without a byte for so long is taken for dead; the server sends one each 15 s. */
  silenceMs: number;
  sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  monotonicMs: () => number;
  /** In [0, 1). */
  random: () => number;
  /** An idempotency key that nobody else makes. */
  newKey: () => string;
}

export interface RetryOptions {
  /** How often a request is tried in all where trying again is safe. */
  attempts: number;
  /** A stream or a wait that was cut gives up after so long without a connection. */
  reconnectSeconds: number;
}

export const DEFAULT_RETRY: RetryOptions = { attempts: 4, reconnectSeconds: 60 };

/** Rejects with the signal's reason. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** `crypto.randomUUID` is missing in pages served without TLS; this is not. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
