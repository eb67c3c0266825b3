import type { Search } from "../../personal-data.ts";

/** Up to the last `@` before the path: people forget to encode the one in their password. */
const pattern = /:\/\/[^\s:/?#@"\\]{0,100}:([^\s/?#"\\]{1,300})@/g;

/** `postgres://user:password@host` (RFC 3986, section 3.2.1). */
export const urlPasswords: Search = {
  mayHold: (text) => text.includes("://"),
  *find(text) {
    for (const { 0: match, 1: password = "", index } of text.matchAll(pattern)) {
      const end = index + match.length - 1;
      yield { start: end - password.length, end };
    }
  },
};
