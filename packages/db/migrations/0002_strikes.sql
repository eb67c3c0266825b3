-- Runs that end the processes which execute them.
ALTER TABLE runs
  -- How many processes ended while they executed the run, not told to.
  ADD COLUMN strikes integer NOT NULL DEFAULT 0,
  -- The epoch in which it began to execute with no other run in the process (embedded).
  ADD COLUMN alone_epoch integer;
