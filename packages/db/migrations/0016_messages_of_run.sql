-- What a run said, without a scan of all that its thread has. A copied thread has the same run's messages too.
CREATE INDEX messages_of_run ON messages (tenant_id, run_id, thread_id, seq) WHERE NOT copied;
