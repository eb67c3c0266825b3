import type { Detector, Span } from "../personal-data.ts";

/**
 * Searched from the `@` (`%40` in URLs) to both sides, so that long words without one cost nothing.
 * RFC 5321: 64 characters before it, 253 behind.
 */
const pattern =
  /(?:@|%40)(?<=(?<local>[\p{L}\p{M}\p{N}._%+'-]{1,64})(?:@|%40))(?<domain>[\p{L}\p{M}\p{N}.-]{3,253})/giu;

const label = /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;
const topLevel = /^(?:xn--[a-z0-9-]{2,59}|[\p{L}\p{M}]{2,63})(?![\p{L}\p{M}\p{N}])/iu;

/** `react-dom@19.2.0-beta.rc`, `icon@2x.png`: a package's version and a picture's scale. */
const noHost = /^(?:\d+\.\d+\.\d|[1-9]x\.)/;
/** `postgres://ada:secret@db.example.com`: a user of a host, and perhaps a credential. */
const inUrl = /:\/\/[^\s/?#@,;"'<>]*$/;
const URL_USER_MAX = 400;

/** The longest beginning that is a host's name under some top level: a sentence may go on behind it. */
function hostOf(text: string): string | undefined {
  if (noHost.test(text)) return undefined;
  const labels: string[] = [];
  let host: string | undefined;
  for (const each of text.split(".")) {
    const top = labels.length > 0 ? topLevel.exec(each)?.[0] : undefined;
    if (top !== undefined) host = [...labels, top].join(".");
    if (!label.test(each)) break;
    labels.push(each);
  }
  return host;
}

function* find(text: string): Iterable<Span> {
  for (const { 0: match, index, groups } of text.matchAll(pattern)) {
    const local = (groups?.["local"] ?? "").replace(/^[.'%-]+/, "");
    const domain = groups?.["domain"] ?? "";
    const host = hostOf(domain);
    // `git@` is every code host's one user.
    if (local === "" || local === "git" || host === undefined) continue;
    const start = index - local.length;
    if (inUrl.test(text.slice(Math.max(0, start - URL_USER_MAX), start))) continue;
    yield { start, end: index + match.length - domain.length + host.length };
  }
}

/** Addresses under a domain, also in scripts of their own (RFC 6531); not those with a quoted name. */
export const email: Detector = {
  kind: "email",
  mayHold: (text) => text.includes("@") || text.includes("%40"),
  find,
};
