import type { Line } from "./passage.ts";

/** Longer lines (minified files, texts without line breaks) are searched and quoted in parts. */
const MAX_LINE_CHARS = 4000;
const MAX_PART_CHARS = 600;

/** The parts of a long line are lines of the same number, in order, that together are all of it. */
export function splitLongLines(lines: readonly Line[]): Line[] {
  return lines.flatMap((line) => (line.text.length > MAX_LINE_CHARS ? partsOf(line) : [line]));
}

function partsOf({ number, text }: Line): Line[] {
  const parts: Line[] = [];
  for (let start = 0; start < text.length;) {
    const end = start + endOfPart(text.slice(start, start + MAX_PART_CHARS + 1));
    parts.push({ number, text: text.slice(start, end), from: start + 1 });
    start = end;
  }
  return parts;
}

/** After the last sentence that fits, else after the last space or sign, else between characters. */
function endOfPart(text: string): number {
  if (text.length <= MAX_PART_CHARS) return text.length;
  const part = text.slice(0, MAX_PART_CHARS);
  for (const end of [/^[^]*[.!?…]["'”’)\]]*\s+/u, /^[^]*\s/u, /^[^]*[^\p{L}\p{N}\p{M}_]/u]) {
    const length = end.exec(part)?.[0].length ?? 0;
    // A lone surrogate is no letter: the whole character goes to the next part.
    if (length > MAX_PART_CHARS / 4 && !/[\uD800-\uDBFF]$/.test(part.slice(0, length)))
      return length;
  }
  return /[\uD800-\uDBFF]$/.test(part) ? MAX_PART_CHARS - 1 : MAX_PART_CHARS;
}
