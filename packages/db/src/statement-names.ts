import { createHash } from "node:crypto";

/**
 * Past this many different texts the rest goes unnamed: each named statement costs memory in every
 * connection's server process, and texts that grow with their data are never asked for again.
 */
const MAX_NAMES = 500;

/** Names for prepared statements: the server parses a text once per connection. */
export function createStatementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_NAMES) return known;
    const name = `s_${createHash("sha256").update(text).digest("hex").slice(0, 20)}`;
    names.set(text, name);
    return name;
  };
}
