import { AppError, type JsonObject, problemDetails } from "@llamaagent/core";
import {
  type ChangedSchedule,
  pointingInto,
  type RunnableSchedule,
  type ScheduleDefinition,
} from "@llamaagent/runs";
import { mergePatch } from "../agents/merge-patch.ts";
import type { ReadAdmission } from "../runs/admission.ts";
import { ScheduleCreate, type ScheduledRun, type SchedulePatch } from "./schedules.schemas.ts";

/** What to store. Error: `not_available` naming every field of the run whose feature is not built. */
export function runnableSchedule(
  admission: ReadAdmission,
  schedule: ScheduleCreate,
): RunnableSchedule {
  return { definition: definitionOf(schedule), admission: admissionOf(admission, schedule.run) };
}

/**
 * Refused exactly where creating it so would be; but what its runs are is looked at only where that changes:
 * one whose webhook has been forbidden since can still be disabled.
 */
export function patchedSchedule(
  admission: ReadAdmission,
  current: ScheduleDefinition,
  patch: SchedulePatch,
): ChangedSchedule {
  const value = mergePatch({ ...current }, patch);
  const parsed = ScheduleCreate.safeParse(value);
  if (!parsed.success)
    throw new AppError("invalid_request", { errors: problemDetails(parsed.error, { value }) });
  if (patch.run !== undefined) return runnableSchedule(admission, parsed.data);
  return { definition: definitionOf(parsed.data) };
}

// A parsed body is JSON.
const definitionOf = ({ name, run, ...rest }: ScheduleCreate): ScheduleDefinition => ({
  ...rest,
  ...(name === undefined ? {} : { name }),
  run: run as JsonObject,
});

function admissionOf(admission: ReadAdmission, run: ScheduledRun): RunnableSchedule["admission"] {
  try {
    return admission(run);
  } catch (error) {
    throw pointingInto("/run", error);
  }
}
