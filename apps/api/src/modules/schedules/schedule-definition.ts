import { AppError, type JsonObject, problemDetails } from "@llamaagent/core";
import { pointingInto, type RunnableSchedule, type ScheduleDefinition } from "@llamaagent/runs";
import { mergePatch } from "../agents/merge-patch.ts";
import type { Admission } from "../runs/admission.ts";
import { ScheduleCreate, type ScheduledRun, type SchedulePatch } from "./schedules.schemas.ts";

/** What to store. Error: `not_available` naming every field of the run whose feature is not built. */
export function runnableSchedule(
  admission: Admission,
  { name, run, ...rest }: ScheduleCreate,
): RunnableSchedule {
  return {
    // A parsed body is JSON.
    definition: { ...rest, ...(name === undefined ? {} : { name }), run: run as JsonObject },
    admission: admissionOf(admission, run),
  };
}

/** Refused exactly where creating it so would be. */
export function patchedSchedule(
  admission: Admission,
  current: ScheduleDefinition,
  patch: SchedulePatch,
): RunnableSchedule {
  const value = mergePatch({ ...current }, patch);
  const parsed = ScheduleCreate.safeParse(value);
  if (!parsed.success)
    throw new AppError("invalid_request", { errors: problemDetails(parsed.error, { value }) });
  return runnableSchedule(admission, parsed.data);
}

function admissionOf(admission: Admission, run: ScheduledRun): RunnableSchedule["admission"] {
  try {
    return admission(run, {});
  } catch (error) {
    throw pointingInto("/run", error);
  }
}
