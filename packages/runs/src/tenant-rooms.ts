import type { Clock } from "@llamaagent/core";
import { LRUCache } from "lru-cache";

/**
 * What a process knows of how many more runs its tenants may have. Counting takes the longer the more there
 * are: where there is ample room it is done once a second, and where there is none five times, and not for
 * each admission.
 */
export interface TenantRooms {
  /** Undefined: it is to be counted. */
  known: (tenantId: string) => number | undefined;
  counted: (tenantId: string, room: number) => void;
  /** So many were admitted by what was known. */
  taken: (tenantId: string, runs: number) => void;
}

/** More than the other replicas admit in a second, for one tenant. */
const AMPLE_RUNS = 1_000;
const AMPLE_MS = 1_000;
const FULL_MS = 200;
const TENANTS_MAX = 10_000;

export function createTenantRooms(clock: Pick<Clock, "monotonicMs">): TenantRooms {
  const rooms = new LRUCache<string, { room: number; untilMs: number }>({ max: TENANTS_MAX });
  return {
    known(tenantId) {
      const last = rooms.get(tenantId);
      if (last === undefined || clock.monotonicMs() >= last.untilMs) return undefined;
      if (last.room <= 0) return 0;
      return last.room > AMPLE_RUNS ? last.room : undefined;
    },
    counted(tenantId, room) {
      const untilMs = clock.monotonicMs() + (room > 0 ? AMPLE_MS : FULL_MS);
      rooms.set(tenantId, { room, untilMs });
    },
    taken(tenantId, runs) {
      const last = rooms.get(tenantId);
      if (last) last.room -= runs;
    },
  };
}
