ALTER TABLE runs
  -- delete: the thread goes with the run's end
  ADD COLUMN on_completion text,
  -- A run that is to start later is stored blocked until then.
  ADD COLUMN available_at timestamptz;
-- Whoever gives a turn on, or takes one, looks at the open runs of a thread: runs_thread walks all ended ones first.
CREATE INDEX runs_open_of_thread ON runs (tenant_id, thread_id, run_id)
  WHERE thread_id IS NOT NULL AND state <> 'ended';
GRANT DELETE ON runs, run_events TO app_tenant;
