ALTER TABLE runs
  -- The run that this one takes up again, and the one that took this up.
  ADD COLUMN retry_of uuid,
  ADD COLUMN retried_as uuid,
  -- A person has seen to it: it is no dead letter any more.
  ADD COLUMN dropped_at timestamptz;
-- The run whose step it was: calls that are made again carry that run's idempotency key.
ALTER TABLE run_steps ADD COLUMN origin_run_id uuid;
-- Over the last minute, as of the worker's last renewal.
ALTER TABLE workers ADD COLUMN claims_per_second real NOT NULL DEFAULT 0;
CREATE INDEX runs_dead ON runs (tenant_id, run_id DESC)
  WHERE stop_reason IN ('error', 'budget_exceeded', 'poisoned', 'nondeterministic_replay', 'timeout')
    AND dropped_at IS NULL;
