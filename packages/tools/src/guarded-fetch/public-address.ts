import ipaddr from "ipaddr.js";

/**
 * Whether an address is one of the public internet: not this machine, not a private network, not the link
 * (where clouds keep their metadata), nothing that is reserved or that carries another address inside.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6's clothes is judged as what it is.
  return ipaddr.process(address).range() === "unicast";
}
