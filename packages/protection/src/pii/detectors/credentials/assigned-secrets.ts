import type { Search, Span } from "../../personal-data.ts";

const name =
  "(?:pass(?:word|wd|phrase)|secret|api[_-]?key|(?:access|private|secret|signing)[_-]?key|(?:access|refresh|auth|api|session|bearer)[_-]?token)";
/** In quotes, which JSON in JSON doubles, or up to where it must end. */
const value = (charactersMin: number): string =>
  `(?:["']{1,2}(?<quoted>[^\\s"'\\\\]{${charactersMin},300})["']|(?<bare>[^\\s&"'\\\\,;()[\\]{}<>]{${charactersMin},}))`;

/** `OPENAI_API_KEY=…`, `?access_token=…`: shells and URLs leave no space. `primary_key=` is no secret. */
const assigned = new RegExp(
  `=(?<=\\b(?:[A-Z0-9_]{1,60}_KEY|(?i:[a-z0-9_-]{0,40}(?:${name}|token)))=)${value(1)}`,
  "g",
);
/** `"password": "…"`, `api_key: '…'`, `password = …` */
const written = new RegExp(`[:=](?<=${name}["']{0,2} {0,3}[:=]) {0,3}${value(4)}`, "gi");

/** Where a list goes on, forms' tokens, and words of a vocabulary. */
const noSecrets = /(?:next|page|continuation|sync|csrf|pad|eos|bos|unk|sep|cls|mask)_?token=$/i;
const NAME_MAX = 40;
/** Variables, what stands for nothing, and what stands for a secret already. */
const noValue =
  /^(?:[$%].*|\*+|\[\w+(?::\w+)?\]|<[\w-]+>|true|false|null|none|nil|undefined|required|optional|string)$/i;
/** `token=read()`, `secret=config.keys[0]`: code, which says where it comes from. */
const isCode = (bare: string, next: string | undefined): boolean =>
  (next === "(" || next === "[") && /^[a-z_$][\w.$]*$/i.test(bare);

interface Value extends Span {
  text: string;
  isQuoted: boolean;
}

function* values(text: string, pattern: RegExp): Iterable<Value> {
  for (const { 0: match, index, groups } of text.matchAll(pattern)) {
    const quoted = groups?.["quoted"];
    const found = quoted ?? groups?.["bare"] ?? "";
    // Behind a quoted one stands its quote.
    const end = index + match.length - (quoted === undefined ? 0 : 1);
    const isCodes = quoted === undefined && isCode(found, text[end]);
    if (!noValue.test(found) && !isCodes)
      yield { text: found, start: end - found.length, end, isQuoted: quoted !== undefined };
  }
}

/** Values of names that say that they are secret. */
export const assignedSecrets: Search = {
  mayHold: (text) => /pass|secret|key|token/i.test(text),
  *find(text) {
    for (const { start, end } of values(text, assigned)) {
      const before = text.slice(Math.max(0, start - NAME_MAX), start).replace(/["']{1,2}$/, "");
      if (!noSecrets.test(before)) yield { start, end };
    }
    // Without quotes the rest of a sentence could stand there: "Password: eight characters".
    for (const { text: found, start, end, isQuoted } of values(text, written))
      if (isQuoted || /\d/.test(found)) yield { start, end };
  },
};
