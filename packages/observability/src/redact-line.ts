import { networkInterfaces } from "node:os";
import {
  type Finding,
  findPersonalData,
  isPublicAddress,
  replaceFindings,
} from "@llamaagent/protection";

/** What they stand for is never a part of what is looked for, but quotes around it. */
const escapes = /\\(?:u[\da-f]{4}|.)/gi;
const blank = (escape: string): string => (escape === '\\"' ? "''" : " ".repeat(escape.length));

/**
 * Ids and moments that are whole fields: most digits of most lines, which no detector has to look at then. A field
 * whose name says that it is secret was masked before.
 */
const idsAndMoments =
  /(?<=":")(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(?=")/g;
const blanks = (text: string): string => " ".repeat(text.length);

/**
 * Redacts credentials and personal data of all kinds in a line of JSON: in the message, in texts and
 * names of fields, in errors and their stacks. The line stays JSON. An operator has to see which of
 * the own machines does not answer: private addresses stay, and those of this machine.
 */
export function createLineRedaction(): (line: string) => string {
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((some) => some?.map(({ address }) => address) ?? []),
  );
  const sparesAddress = (address: string): boolean => own.has(address) || !isPublicAddress(address);

  return (line) => {
    // Of the same length, so that a place in one is the place in the other.
    const unescaped = line.includes("\\") ? line.replace(escapes, blank) : line;
    const readable = unescaped.replace(idsAndMoments, blanks);
    const findings = findPersonalData(readable, { sparesAddress });
    if (findings.length === 0) return line;
    const isInText = textCheck(readable);
    const places = findings.flatMap((finding): Place[] =>
      isInText(finding.start)
        ? [{ ...finding, word: `[${finding.kind}]` }]
        : wholeNumber(line, finding),
    );
    return replaceFindings(line, places, { found: ({ word }) => word });
  };
}

interface Place extends Finding {
  word: string;
}

/** Whether a place is inside of quotes; to be asked from the first place to the last. */
function textCheck(line: string): (place: number) => boolean {
  let isInText = false;
  let checked = 0;
  return (place) => {
    for (; checked < place; checked++) if (line[checked] === '"') isInText = !isInText;
    return isInText;
  };
}

/** A part of a number cannot be a text. What else is outside of texts is the line's own shape. */
function wholeNumber(line: string, { kind, ...span }: Finding): Place[] {
  const isOfNumber = (at: number): boolean => /[-+.\dEe]/.test(line[at] ?? "");
  let { start, end } = span;
  while (isOfNumber(start - 1)) start--;
  while (isOfNumber(end)) end++;
  const isNumber = /^[-+.\dEe]+$/.test(line.slice(start, end));
  return isNumber ? [{ kind, start, end, word: `"[${kind}]"` }] : [];
}
