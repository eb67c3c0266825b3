/** Assignments that make a run claimable (again); the new generation makes its hint's job id new. */
export const REQUEUED = `state = 'queued', owner = NULL, blocked = false, stop_reason = NULL, generation = generation + 1,
  hint_delay_seconds = 5, hint_due_at = now() + interval '5 seconds', updated_at = now()`;
