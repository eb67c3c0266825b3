import { isIP } from "node:net";
import type { FetchAllowance } from "./fetch-allowance.ts";
import { isPublicAddress } from "./public-address.ts";

/**
 * Why nothing is fetched from this URL, in words; undefined where it may be. What a name leads to is seen
 * when it is fetched.
 */
export function fetchedUrlFault(text: string, allowance: FetchAllowance): string | undefined {
  if (!URL.canParse(text)) return "is no URL";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return "must begin with https:// or http://";
  if (url.username !== "" || url.password !== "") return "must hold no user and password";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const isRefused =
    isIP(host) === 0
      ? isLocalName(host) && !allowance.mayAllow({ host, port })
      : !isPublicAddress(host) && !allowance.allows({ host, port, address: host });
  return isRefused
    ? "is not an address of the public internet, nor one that LLAMAAGENT_FETCH_ALLOW lists"
    : undefined;
}

/** RFC 6761, and the suffix that local networks use (RFC 8375). */
const isLocalName = (host: string): boolean =>
  /(?:^|\.)(?:localhost|local|internal|home\.arpa)\.?$/i.test(host);
