import {
  AppError,
  compareEventIds,
  type EventId,
  formatEventId,
  type RunKey,
} from "@llamaagent/core";
import type { Tx } from "@llamaagent/db";
import { readPositions, type RunPosition } from "./event-log.ts";

/**
 * How far a run is, for a reader that begins after an event. Errors: `not_found`, `invalid_event_id`
 * (the run can have no such event; it may be one that Postgres does not have yet).
 */
export async function positionFrom(tx: Tx, run: RunKey, after: EventId): Promise<RunPosition> {
  const [position] = await readPositions(tx, [run]);
  if (position === undefined) throw new AppError("not_found", { detail: "There is no such run" });
  const isBeyond = compareEventIds(after, position.last) > 0;
  if (after.epoch > position.epoch || (position.ended && isBeyond))
    throw new AppError("invalid_event_id", {
      detail: `The run has no event ${formatEventId(after)}; its last is ${formatEventId(position.last)}`,
    });
  return position;
}
