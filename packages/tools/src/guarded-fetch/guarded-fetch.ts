import type { Resolver } from "node:dns/promises";
import { request } from "undici";
import type { FetchAllowance } from "./fetch-allowance.ts";
import { guardedAgent } from "./guarded-agent.ts";
import { nameLookup } from "./name-lookup.ts";

/** Fetches from addresses that others chose. */
export interface GuardedFetch {
  /**
   * Follows no redirects. Rejects with `AddressRefused`, with what the network says, and with the signal's
   * reason; over `timeoutMs` in all with a `TimeoutError`.
   */
  post(
    url: string,
    options: { headers: Record<string, string>; body: string; signal: AbortSignal },
  ): Promise<{ status: number }>;
  close(): Promise<void>;
}

export function createGuardedFetch(options: {
  allowance: FetchAllowance;
  timeoutMs: number;
  /** Absent: asks the system's DNS servers. */
  resolver?: () => Resolver;
}): GuardedFetch {
  const { allowance, timeoutMs, resolver } = options;
  const lookup = nameLookup({ isListed: (host) => allowance.lists(host), resolver });
  const dispatcher = guardedAgent({ allowance, lookup, timeoutMs });
  return {
    async post(url, { headers, body, signal }) {
      const { statusCode, body: answer } = await request(url, {
        method: "POST",
        headers,
        body,
        dispatcher,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      // Nobody reads it: what is longer than this ends the connection.
      await answer.dump({ limit: 65_536 }).catch(() => undefined);
      return { status: statusCode };
    },
    close: () => dispatcher.destroy(),
  };
}
