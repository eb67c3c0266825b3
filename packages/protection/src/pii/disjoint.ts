import { type Finding, PersonalDataKind } from "./personal-data.ts";

const rankOf = Object.fromEntries(
  PersonalDataKind.options.map((kind, rank) => [kind, rank]),
) as Record<PersonalDataKind, number>; // from all of its options

/**
 * Sorted, none over another. A longer one is right about what it covers: an address of an e-mail
 * inside of a key is part of the key. Of one that is only partly covered the rest stays, for nothing
 * that was found may be left bare.
 */
export function disjoint(findings: Finding[]): Finding[] {
  const sorted = findings.toSorted(
    (a, b) => a.start - b.start || b.end - a.end || rankOf[a.kind] - rankOf[b.kind],
  );
  const kept: Finding[] = [];
  for (const next of sorted) {
    const last = kept.at(-1);
    if (!last || next.start >= last.end) kept.push({ ...next });
    else if (next.end > last.end) {
      const nextIsLonger = next.end - next.start > last.end - last.start;
      if (nextIsLonger) last.end = next.start;
      kept.push({ ...next, start: nextIsLonger ? next.start : last.end });
    }
  }
  return kept;
}
