-- SHA-256 of the request that made the run, where a client's did without a key: its repeat finds the run again.
ALTER TABLE runs ADD COLUMN body_hash text;
