import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Detector, FindOptions, Span } from "../personal-data.ts";

const ipv4 = /(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\w|\.\d)/g;
const mayHoldIpv4 = /\d\.\d{1,3}\.\d{1,3}\.\d/;
/** Whatever could be one, ends of sentences included; `isIP` says whether it is. */
const ipv6 = /(?<![\w.])[\da-f]{0,4}:[\da-f:.]{1,45}(?:%[\w.-]{1,16})?/gi;
/** Two colons together, or more than a time has. */
const mayHoldIpv6 = /::|:[\da-f]{1,4}:[\da-f]{1,4}:[\da-f]{1,4}:/i;
const mac = /(?<![\w:-])[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}(?![\w:-])/gi;
const mayHoldMac = /[:-][\da-f]{2}[:-][\da-f]{2}[:-][\da-f]{2}[:-]/i;

/** "version 1.2.3.4" and `Chrome/120.0.0.0`. */
const isVersion =
  /(?:\b(?:version|release|ver\.?|v)[ :=]{0,3}|(?<![\w.+/-])[a-z][\w.+-]{0,30}\/)$/i;
const LABEL_MAX = 40;

/** They are every machine's, or none's. */
const nobodys = new Set(["loopback", "unspecified", "broadcast"]);

/** Of the public internet, not of a private network or this machine (IANA's special-purpose registries). */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}

const isSomebodys = (address: string, { sparesAddress }: FindOptions): boolean =>
  isIP(address) !== 0 &&
  ipaddr.isValid(address) &&
  !nobodys.has(ipaddr.process(address).range()) &&
  sparesAddress?.(address) !== true;

function* findIpv4(text: string, options: FindOptions): Iterable<Span> {
  for (const { 0: address, index } of text.matchAll(ipv4)) {
    const before = text.slice(Math.max(0, index - LABEL_MAX), index);
    if (isSomebodys(address, options) && !isVersion.test(before))
      yield { start: index, end: index + address.length };
  }
}

function* findIpv6(text: string, options: FindOptions): Iterable<Span> {
  for (const { 0: run, index } of text.matchAll(ipv6)) {
    // The end of a sentence, or a colon before what is said of it.
    const address = isIP(run) === 6 ? run : run.replace(/[.:]$/, "");
    const end = index + address.length;
    // `abc::def` is also a name in C++ and Rust.
    if (/\d/.test(address) && !/\w/.test(text[end] ?? "") && isSomebodys(address, options))
      yield { start: index, end };
  }
}

function* findMac(text: string): Iterable<Span> {
  for (const { 0: address, 1: separator, index } of text.matchAll(mac)) {
    // 30-11-26-19-03-44 is a time.
    if (separator === ":" || /[a-f]/i.test(address))
      yield { start: index, end: index + address.length };
  }
}

/** IPv4, IPv6 and MAC addresses but those of every machine, say 127.0.0.1. */
export const machineAddress: Detector = {
  kind: "machine_address",
  mayHold: (text) => mayHoldIpv4.test(text) || mayHoldIpv6.test(text) || mayHoldMac.test(text),
  *find(text, options) {
    if (mayHoldIpv4.test(text)) yield* findIpv4(text, options);
    if (mayHoldIpv6.test(text)) yield* findIpv6(text, options);
    if (mayHoldMac.test(text)) yield* findMac(text);
  },
};
