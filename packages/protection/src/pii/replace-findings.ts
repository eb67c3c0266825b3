import type { Span } from "./personal-data.ts";

export interface Replacement<Found extends Span> {
  found: (finding: Found, written: string) => string;
  /** What becomes of the text before, between and after them; absent: it stays. */
  between?: (text: string) => string;
}

/** The text with something else in the place of each finding: sorted and disjoint, as `findPersonalData` gives them. */
export function replaceFindings<Found extends Span>(
  text: string,
  findings: readonly Found[],
  { found, between = (kept) => kept }: Replacement<Found>,
): string {
  let end = 0;
  const pieces = findings.flatMap((finding) => {
    const kept = between(text.slice(end, finding.start));
    end = finding.end;
    return [kept, found(finding, text.slice(finding.start, finding.end))];
  });
  return pieces.join("") + between(text.slice(end));
}
