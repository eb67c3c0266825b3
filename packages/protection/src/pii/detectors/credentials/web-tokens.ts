import type { Search } from "../../personal-data.ts";

/** RFC 7519: three parts, or five where it is encrypted; the first is JSON, which begins with `{"`. */
const pattern =
  /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{5,400}\.[A-Za-z0-9_-]{0,16000}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)?/g;

/** JSON web tokens. */
export const webTokens: Search = {
  mayHold: (text) => text.includes("eyJ"),
  *find(text) {
    for (const { 0: token, index } of text.matchAll(pattern))
      yield { start: index, end: index + token.length };
  },
};
