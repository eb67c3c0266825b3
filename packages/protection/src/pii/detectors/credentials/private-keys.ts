import type { Search } from "../../personal-data.ts";

const begin = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
const end = /-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
/** Characters: an RSA key of 16384 bits has 12,500. */
const BLOCK_MAX = 20_000;
/** Of a block that is cut off: a line of Base64, with line breaks as JSON and shells write them too. */
const line = /(?:\s|\\[nr]){0,8}[A-Za-z0-9+/=]{16,}/y;

function endOfLines(text: string, start: number): number {
  let end = start;
  line.lastIndex = start;
  while (line.test(text)) end = line.lastIndex;
  return end;
}

/** PEM blocks (RFC 7468; PGP's too), also those of which the end is missing. */
export const privateKeys: Search = {
  mayHold: (text) => text.includes("-----BEGIN"),
  *find(text) {
    // All ends first: many beginnings without one cost no more than one.
    const ends = Array.from(text.matchAll(end), ({ 0: marker, index }) => index + marker.length);
    let nextEnd = 0;
    let covered = 0;
    for (const { 0: marker, index } of text.matchAll(begin)) {
      if (index < covered) continue;
      while ((ends[nextEnd] ?? Infinity) < index) nextEnd++;
      const blockEnd = ends[nextEnd] ?? Infinity;
      // No block has quotes in it: there begins another string.
      const isWhole = blockEnd - index <= BLOCK_MAX && !text.slice(index, blockEnd).includes('"');
      covered = isWhole ? blockEnd : endOfLines(text, index + marker.length);
      yield { start: index, end: covered };
    }
  },
};
