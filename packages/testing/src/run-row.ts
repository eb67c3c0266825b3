/** A row of `runs` of a running run, as a made-up database gives it: all that may be null is. */
export function runRow(fields: { run_id: string } & Record<string, unknown>): object {
  const at = new Date(0);
  return {
    thread_id: null,
    state: "running",
    stop_reason: null,
    input: null,
    messages: null,
    output: null,
    error: null,
    metadata: {},
    created_at: at,
    updated_at: at,
    started_at: at,
    ended_at: null,
    available_at: null,
    checkpoint_id: null,
    on_completion: null,
    retry_of: null,
    retried_as: null,
    urgency: 0,
    webhook: null,
    ...fields,
  };
}
