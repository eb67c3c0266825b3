import ipaddr from "ipaddr.js";

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** Azure's own services for its machines, on an address that no registry sets apart. */
const AZURE_HOST = "168.63.129.16";

/**
 * Whether an address is one of the public internet: not this machine, not a private network, not the link
 * (where clouds keep their metadata), nothing that is reserved or that carries another address inside.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6's clothes is judged as what it is.
  const parsed = ipaddr.process(address);
  // The library calls what no registry names unicast; of IPv6 only 2000::/3 is given out (RFC 4291).
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_UNICAST)) return false;
  return parsed.range() === "unicast" && parsed.toString() !== AZURE_HOST;
}
