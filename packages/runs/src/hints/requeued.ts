import { HINT_DELAY_SECONDS, HINT_DUE_AT } from "./hint-due-at.ts";

/** Assignments that make a run claimable (again); the new generation makes its hint's job id new. */
export const REQUEUED = `state = 'queued', owner = NULL, blocked = false, stop_reason = NULL, generation = generation + 1,
  hint_delay_seconds = ${HINT_DELAY_SECONDS}, hint_due_at = ${HINT_DUE_AT}, updated_at = now()`;

/**
 * The same of a run that was at work: it goes on before those that have not begun, whatever its rank was. There
 * are no more of them than slots, and one that began before its turn (a claim passes over rows that somebody
 * has locked) would else wait for that in the middle of its work.
 */
export const REQUEUED_AT_WORK = `${REQUEUED}, priority = 1`;
