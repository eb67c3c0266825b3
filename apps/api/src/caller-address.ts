import ipaddr from "ipaddr.js";

/** Who has one address of IPv6 has all of its network. */
const IPV6_NETWORK_BYTES = 8;

/** A request. */
interface Addressed {
  ip: string;
  socket: { remoteAddress?: string | undefined };
}

/** What a proxy says may be no address, as with a port: then it is the proxy's. */
export function addressOf({ ip, socket }: Addressed): string {
  const address = ipaddr.isValid(ip) ? ip : (socket.remoteAddress ?? "");
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

/** An IPv4 address, or the /64 of an IPv6 one: what is one's own to change counts as one. */
export function networkOf(request: Addressed): string {
  const address = addressOf(request);
  if (!ipaddr.IPv6.isValid(address)) return address;
  const bytes = ipaddr.IPv6.parse(address).toByteArray().fill(0, IPV6_NETWORK_BYTES);
  return `${ipaddr.fromByteArray(bytes).toString()}/64`;
}
