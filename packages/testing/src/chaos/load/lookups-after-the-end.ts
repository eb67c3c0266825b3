import type { Lookup } from "./run-lookups.ts";

export interface LookupsAfterTheEnd {
  /** Answered lookups of runs of which an earlier answer had said that they have ended. */
  count: number;
  /** Those of them that say anything else than that end. */
  changed: Lookup[];
}

/** An answer is earlier where it had come before the other was asked for: lookups overlap. */
export function lookupsAfterTheEnd(lookups: readonly Lookup[]): LookupsAfterTheEnd {
  const told = new Map<string, Lookup>();
  for (const lookup of lookups) {
    const first = told.get(lookup.runId);
    if (lookup.end !== undefined && !(first && first.answeredAt <= lookup.answeredAt))
      told.set(lookup.runId, lookup);
  }
  const after = lookups.filter(
    ({ runId, status, sentAt }) =>
      status === 200 && sentAt > (told.get(runId)?.answeredAt ?? Infinity),
  );
  const changed = after.filter(({ runId, end }) => end !== told.get(runId)?.end);
  return { count: after.length, changed };
}
