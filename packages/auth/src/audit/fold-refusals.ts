import type { NewRecord } from "./append-records.ts";
import { PLATFORM_CHAIN } from "./audit-record.ts";

export type Refusal = Omit<NewRecord, "outcome" | "count" | "first_ms_ago" | "last_ms_ago">;

/** Told apart in one chain within a minute; what is beyond is counted as one. */
const KINDS_MAX = 200;
/** With something refused within a minute; that of further tenants is counted in the platform's. */
const CHAINS_MAX = 100;
/** Written at one time. */
const TAKEN_MAX = 1_000;
/** The first of a kind is written at once, what follows within a minute in one record. */
const REPEAT_MS = 60_000;

type Kind = Omit<Refusal, "request_id">;

/** What was refused, and how often since it was last written. */
interface Folded {
  kind: Kind;
  /** Of the last. */
  requestId: string | undefined;
  count: number;
  firstMs: number;
  lastMs: number;
  writtenMs: number | undefined;
}

export interface Taken extends Readonly<Folded> {
  /** Where it is counted. */
  from: Folded;
}

/**
 * Counts what is the same but for its time, in bounded memory, so that whoever guesses fills no database. A chain
 * has its own bounds: who has no credential of a tenant cannot crowd out what its own callers were refused.
 */
export interface RefusalFold {
  note(refusal: Refusal): void;
  /** Those that are due, or all; they are counted from zero again. */
  take(which: "due" | "all"): Taken[];
  /** They could not be written: they are due again. */
  giveBack(taken: readonly Taken[]): void;
}

export function createRefusalFold(monotonicMs: () => number): RefusalFold {
  const chains = new Map<string, Map<string, Folded>>();

  function chainOf(tenantId: string): Map<string, Folded> {
    const known = chains.get(tenantId);
    if (known) return known;
    const isRoom = tenantId === PLATFORM_CHAIN || chains.size < CHAINS_MAX;
    if (!isRoom) return chainOf(PLATFORM_CHAIN);
    const chain = new Map<string, Folded>();
    chains.set(tenantId, chain);
    return chain;
  }

  /** Its kind's, or, where there are too many, that of all others. */
  function foldedOf(kind: Kind): Folded {
    const chain = chainOf(kind.tenant_id);
    const tenantId = chain === chains.get(kind.tenant_id) ? kind.tenant_id : PLATFORM_CHAIN;
    const own = JSON.stringify(kind);
    const isOther = tenantId !== kind.tenant_id || (!chain.has(own) && chain.size >= KINDS_MAX);
    const name = isOther ? "others" : own;
    const known = chain.get(name);
    if (known) return known;
    const others: Kind = { tenant_id: tenantId, action: "access", detail: { others: true } };
    const folded: Folded = {
      kind: isOther ? others : kind,
      requestId: undefined,
      count: 0,
      firstMs: 0,
      lastMs: 0,
      writtenMs: undefined,
    };
    chain.set(name, folded);
    return folded;
  }

  /** What was written a minute ago and did not come again makes room. */
  function forget(nowMs: number): void {
    for (const [tenantId, chain] of chains) {
      for (const [name, { count, writtenMs = nowMs }] of chain)
        if (count === 0 && nowMs - writtenMs >= REPEAT_MS) chain.delete(name);
      if (chain.size === 0) chains.delete(tenantId);
    }
  }

  return {
    note({ request_id: requestId, ...kind }) {
      const folded = foldedOf(kind);
      folded.requestId = requestId;
      folded.lastMs = monotonicMs();
      if (folded.count === 0) folded.firstMs = folded.lastMs;
      folded.count += 1;
    },
    take(which) {
      const nowMs = monotonicMs();
      forget(nowMs);
      const isDue = ({ writtenMs = -Infinity }: Folded): boolean =>
        which === "all" || nowMs - writtenMs >= REPEAT_MS;
      return [...chains.values()]
        .flatMap((chain) => [...chain.values()])
        .filter((folded) => folded.count > 0 && isDue(folded))
        .slice(0, TAKEN_MAX)
        .map((from) => {
          const taken = { ...from, from };
          from.count = 0;
          from.writtenMs = nowMs;
          return taken;
        });
    },
    giveBack(taken) {
      for (const { from, count, firstMs, lastMs, writtenMs } of taken) {
        from.lastMs = Math.max(lastMs, from.lastMs);
        from.firstMs = firstMs;
        from.count += count;
        from.writtenMs = writtenMs;
      }
    },
  };
}
