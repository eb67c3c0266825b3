import { AppError } from "@llamaagent/core";
import { schema, type TenantTx } from "@llamaagent/db";
import { ofSchedule, type Schedule, toSchedule } from "./schedule.ts";

/** Error: `not_found`. */
export async function findSchedule(tx: TenantTx, scheduleId: string): Promise<Schedule> {
  const [row] = await tx.orm.select().from(schema.schedules).where(ofSchedule(tx, scheduleId));
  if (row === undefined) throw scheduleNotFound();
  return toSchedule(row);
}

export function scheduleNotFound(): AppError {
  return new AppError("not_found", { detail: "There is no such schedule" });
}
