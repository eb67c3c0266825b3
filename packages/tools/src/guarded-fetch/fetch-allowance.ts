import ipaddr from "ipaddr.js";

/** Private places that may be fetched from nevertheless. */
export interface FetchAllowance {
  allows(place: { host: string; port: number; address: string }): boolean;
  /** Whether a name may be found to be allowed once it is looked up. */
  mayAllow(place: { host: string; port: number }): boolean;
  /** Whether a name is listed, with whatever port. */
  lists(host: string): boolean;
}

interface Range {
  range: [ipaddr.IPv4 | ipaddr.IPv6, number];
}
interface Name {
  host: string;
  /** Absent: all. */
  port: number | undefined;
}

export const nothingAllowed: FetchAllowance = {
  allows: () => false,
  mayAllow: () => false,
  lists: () => false,
};

/**
 * From a list `10.0.0.0/8, hooks.internal, localhost:9000`: ranges of addresses, names and addresses, each
 * with a port or for all. Throws `TypeError` naming the entry that is none.
 */
export function parseFetchAllowance(list: string): FetchAllowance {
  const entries = list
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map(parseEntry);
  const names = ({ host, port }: { host: string; port: number }, entry: Name): boolean =>
    entry.host === host.toLowerCase() && (entry.port ?? port) === port;
  return {
    allows: ({ address, ...place }) =>
      entries.some((entry) =>
        "range" in entry ? isIn(address, entry.range) : names(place, entry),
      ),
    mayAllow: (place) => entries.some((entry) => "range" in entry || names(place, entry)),
    lists: (host) => entries.some((entry) => "host" in entry && entry.host === host.toLowerCase()),
  };
}

function parseEntry(entry: string): Range | Name {
  if (entry.includes("/")) {
    if (!ipaddr.isValidCIDR(entry)) throw new TypeError(`'${entry}' is no range of addresses`);
    return { range: ipaddr.parseCIDR(entry) };
  }
  const match = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(entry);
  const [, host = "", port] = match ?? [];
  if (host === "") throw new TypeError(`'${entry}' is no host or host:port`);
  return {
    host: host.toLowerCase().replace(/^\[|\]$/g, ""),
    port: port === undefined ? undefined : Number(port),
  };
}

function isIn(address: string, range: Range["range"]): boolean {
  // None is known of a connection that its peer has reset, which others can bring about.
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.kind() === range[0].kind() && parsed.match(range);
}
