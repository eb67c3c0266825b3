import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Whether a name or address can only be this machine. */
export function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}

/** Whether pages of an origin can only be of this machine; `null`, of sandboxed frames and files, is not. */
export function isLoopbackOrigin(origin: string): boolean {
  const hostname = URL.parse(origin)?.hostname ?? "";
  // Of an IPv6 address in brackets.
  return isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"));
}
