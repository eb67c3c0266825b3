import type { TenantCounts } from "@llamaagent/core";

/** Of one process. */
export interface OwnCounts extends TenantCounts {
  entries(): IterableIterator<[tenantId: string, count: number]>;
}

export function memoryCounts(): OwnCounts {
  const counts = new Map<string, number>();
  const of = (tenantId: string): number => counts.get(tenantId) ?? 0;
  return {
    of,
    add: (tenantId) => void counts.set(tenantId, of(tenantId) + 1),
    remove(tenantId) {
      const left = of(tenantId) - 1;
      if (left > 0) counts.set(tenantId, left);
      else counts.delete(tenantId);
    },
    entries: () => counts.entries(),
  };
}
