import ipaddr from "ipaddr.js";
import { foldText } from "./fold-text.ts";
import type { PersonalDataKind } from "./personal-data.ts";

/** All letters and digits but the last of them as `*`; what stands between them stays. */
function keepLast(value: string, count: number): string {
  let left = Array.from(value.matchAll(/[\p{L}\p{N}]/gu)).length - count;
  return value.replaceAll(/[\p{L}\p{N}]/gu, (character) => (left-- > 0 ? "*" : character));
}

/** A network of 256 addresses, a site's network (RFC 4291: 48 bits), the maker of a network card. */
function maskAddress(address: string): string {
  if (!ipaddr.isValid(address))
    return `${address.slice(0, 8)}${address.slice(8).replaceAll(/[\da-f]/gi, "*")}`;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString().replace(/\d+$/, "*");
  return `${parsed.toNormalizedString().split(":").slice(0, 3).join(":")}:*`;
}

const masks: Record<PersonalDataKind, (value: string) => string> = {
  // Not even its length: short passwords are guessed with it.
  credential: () => "********",
  iban: (value) => `${value.slice(0, 2)}${keepLast(value.slice(2), 4)}`,
  card: (value) => keepLast(value, 4),
  email: (value) => value.replace(/^.*(?=@|%40)/is, "***"),
  national_id: (value) => keepLast(value, 4),
  machine_address: maskAddress,
  phone: (value) => keepLast(value, 4),
};

/** What still tells two of them apart for somebody who knows them: the last four digits, the domain. */
export function mask(kind: PersonalDataKind, value: string): string {
  return masks[kind](foldText(value).text);
}
