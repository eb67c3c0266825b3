import { AppError } from "@llamaagent/core";
import type { TenantTx } from "@llamaagent/db";
import type { ScheduleDefinition } from "./schedule.ts";
import { momentsAfter } from "./timetable.ts";

/** The first moment from now on, by Postgres's clock: it is the one that workers fire by. Null: disabled. */
export async function nextDue(tx: TenantTx, definition: ScheduleDefinition): Promise<Date | null> {
  if (!definition.enabled) return null;
  const [time] = await tx.query<{ now: Date }>(`SELECT now() AS now`);
  if (time === undefined) throw new AppError("internal");
  return momentsAfter(definition, time.now, 1)[0] ?? null;
}
