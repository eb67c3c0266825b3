import type { Search } from "../../personal-data.ts";

const pattern = /\b(Bearer|Basic|Token|ApiKey) {1,5}([A-Za-z0-9._~+/=-]{6,})/gi;
const header = /authorization["']{0,2} {0,3}[:=] {0,3}["']{0,2}$/i;
const HEADER_MAX = 40;

/** "Basic" and user:password in Base64 (RFC 7617), not "basic questions". */
function isUserAndPassword(value: string): boolean {
  const decoded = Buffer.from(value, "base64").toString("latin1");
  return /^[\x20-\x7e]{0,500}:[\x20-\x7e]{0,500}$/.test(decoded);
}

function isCredential(scheme: string, value: string): boolean {
  if (/^basic$/i.test(scheme)) return isUserAndPassword(value);
  // "bearer certificates", "token bucket"
  return /^bearer$/i.test(scheme) && (/\d/.test(value) || value.length >= 24);
}

/** What follows the scheme in an `Authorization` header (RFC 9110, section 11.6.2), with its name or without. */
export const authorizationValues: Search = {
  mayHold: (text) => /bearer|basic|token|apikey/i.test(text),
  *find(text) {
    for (const match of text.matchAll(pattern)) {
      const [all, scheme = "", value = ""] = match;
      const before = text.slice(Math.max(0, match.index - HEADER_MAX), match.index);
      const end = match.index + all.length;
      if (header.test(before) || isCredential(scheme, value))
        yield { start: end - value.length, end };
    }
  },
};
