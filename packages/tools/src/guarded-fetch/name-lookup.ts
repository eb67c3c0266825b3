import type { LookupAddress } from "node:dns";
import { lookup, Resolver } from "node:dns/promises";

/** The addresses that a name leads to. */
export type NameLookup = (host: string) => Promise<LookupAddress[]>;

/** A DNS server that does not answer is asked once more. */
const defaultResolver = (): Resolver => new Resolver({ timeout: 2_000, tries: 2 });

/**
 * Strangers' names are asked of DNS directly. getaddrinfo holds one of libuv's four threads until the name's
 * servers answer, and reading and writing files needs the same threads: four names that nobody answers for
 * would stop all of it. What only the system knows (a hosts file, search domains) are names that the operator
 * listed, and those without a dot: neither leads to servers of others.
 */
export function nameLookup(options: {
  isListed: (host: string) => boolean;
  /** New for each name, since it reads the system's DNS servers once. */
  resolver?: (() => Resolver) | undefined;
}): NameLookup {
  const { isListed, resolver = defaultResolver } = options;
  return async (host) => {
    if (!host.includes(".") || isListed(host)) return lookup(host, { all: true });
    const dns = resolver();
    const [v4, v6] = await Promise.allSettled([dns.resolve4(host), dns.resolve6(host)]);
    const found = [...addresses(v4, 4), ...addresses(v6, 6)];
    if (found.length === 0 && v4.status === "rejected") throw v4.reason;
    return found;
  };
}

const addresses = (answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  answer.status === "rejected" ? [] : answer.value.map((address) => ({ address, family }));
