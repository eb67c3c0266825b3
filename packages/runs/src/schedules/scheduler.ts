import { isAppError } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import type { RunsContext } from "../runs-context.ts";
import { fireSchedule, type ScheduleKey } from "./fire-schedule.ts";

/** What each worker does about schedules: they have no owner, and whoever comes first fires. */
export interface Scheduler {
  /** Fires all that is due. Error: what kept single schedules from firing, once the others have. */
  fireDue(): Promise<void>;
  /** Milliseconds until it is to be called again, as of its last call. */
  readonly nextInMs: number;
}

const LOOK_MS = 1_000;
const ROWS_MAX = 50;
/** Until then a schedule goes before those that are late: what they make up for must not make it late too. */
const ON_TIME_MS = 5_000;
/** A schedule that cannot be fired here, as where a zone's name is not known, is left alone for so long. */
const SET_ASIDE_MS = 60_000;

export function createScheduler(
  context: Pick<RunsContext, "db" | "hints" | "tail" | "cancelSignals" | "newId" | "clock">,
  { mayFire }: { mayFire: () => boolean },
): Scheduler {
  const { db, clock } = context;
  const setAside = new Map<string, number>();
  let nextInMs = LOOK_MS;

  function withoutSetAside(): string[] {
    const now = clock.monotonicMs();
    for (const [scheduleId, until] of setAside) if (until <= now) setAside.delete(scheduleId);
    return [...setAside.keys()];
  }

  /** Whether it was fired or set aside: otherwise somebody else has it. */
  async function settles(key: ScheduleKey, errors: unknown[]): Promise<boolean> {
    try {
      return await fireSchedule(context, key);
    } catch (error) {
      if (isAppError(error, "service_unavailable")) throw error;
      setAside.set(key.scheduleId, clock.monotonicMs() + SET_ASIDE_MS);
      errors.push(error);
      return true;
    }
  }

  return {
    get nextInMs() {
      return nextInMs;
    },
    async fireDue() {
      const errors: unknown[] = [];
      nextInMs = LOOK_MS;
      // In rounds, each schedule that is late once: one that has much to make up for does not hold the others.
      const tried = new Set<string>();
      let settled = 0;
      while (mayFire()) {
        const soon = await findSoon(db, [...withoutSetAside(), ...tried]);
        const due = soon.filter(({ inMs }) => inMs <= 0);
        const lookAgainAt = clock.monotonicMs() + LOOK_MS;
        let looked = 0;
        for (const key of due) {
          if (!mayFire() || clock.monotonicMs() >= lookAgainAt) break;
          looked += 1;
          const isSettled = await settles(key, errors);
          if (isSettled) settled += 1;
          // One that is on time comes again at its next moment, in this round too.
          if (!isSettled || key.inMs < -ON_TIME_MS) tried.add(key.scheduleId);
        }
        if (looked < due.length || due.length === ROWS_MAX) continue;
        nextInMs = due.length === 0 ? (soon[0]?.inMs ?? LOOK_MS) : LOOK_MS;
        if (settled === 0) break;
        tried.clear();
        settled = 0;
      }
      if (errors.length > 0) throw new AggregateError(errors, "schedules were not fired");
    },
  };
}

/**
 * What is due before the next look, by Postgres's clock: first what is on time, then what is late, each
 * tenant's most overdue before anybody's second.
 */
async function findSoon(
  db: Database,
  without: readonly string[],
): Promise<(ScheduleKey & { inMs: number })[]> {
  const rows = await db.system((tx) =>
    tx.query<{ tenant_id: string; schedule_id: string; in_ms: number }>(
      `SELECT tenant_id, schedule_id, ceil(extract(epoch FROM next_due_at - now()) * 1000)::float8 AS in_ms
       FROM (
         SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY next_due_at) AS place
         FROM schedules WHERE enabled AND next_due_at <= now() + interval '${LOOK_MS} milliseconds'
           AND schedule_id <> ALL($1::uuid[])
           AND NOT EXISTS (SELECT FROM tenants t WHERE t.tenant_id = schedules.tenant_id AND suspended_at IS NOT NULL)) AS soon
       ORDER BY next_due_at > now(), next_due_at < now() - interval '${ON_TIME_MS} milliseconds', place, next_due_at LIMIT ${ROWS_MAX}`,
      [without],
    ),
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    scheduleId: row.schedule_id,
    inMs: row.in_ms,
  }));
}
