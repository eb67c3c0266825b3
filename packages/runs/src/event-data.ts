import { isoText } from "@llamaagent/core";

/** The JSON text of an event's data: these bytes are stored and sent, everywhere the same. */
export function eventData(runId: string, at: Date, fields: object): string {
  return JSON.stringify({ run_id: runId, at: isoText(at), ...fields });
}
