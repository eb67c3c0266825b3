import { type Finding, PersonalDataKind, type Span } from "./personal-data.ts";

const rankOf = Object.fromEntries(
  PersonalDataKind.options.map((kind, rank) => [kind, rank]),
) as Record<PersonalDataKind, number>; // from all of its options

const lengthOf = ({ start, end }: Span): number => end - start;

/**
 * Sorted, none over another. A longer one is right about what it covers: an address of an e-mail
 * inside of a key is part of the key. Of one that is only partly covered the rest stays, for nothing
 * that was found may be left bare.
 */
export function disjoint(findings: readonly Finding[]): Finding[] {
  const sorted = findings.toSorted(
    (a, b) => a.start - b.start || b.end - a.end || rankOf[a.kind] - rankOf[b.kind],
  );
  const kept: Finding[] = [];
  for (const finding of sorted) {
    const last = kept.at(-1);
    // What lies before the last one is covered by those before it.
    const next = { ...finding, start: Math.max(finding.start, last?.start ?? 0) };
    if (!last || next.start >= last.end) kept.push(next);
    else if (next.end > last.end) {
      if (lengthOf(next) <= lengthOf(last)) next.start = last.end;
      else if (next.start === last.start) kept.pop();
      else last.end = next.start;
      kept.push(next);
    }
  }
  return kept;
}
