-- When the worker takes runs of dead ones over: after a gap in its renewals, not before the others can have
-- renewed. A past one, in a row renewed just now, tells a new worker that Postgres has been there all along.
ALTER TABLE workers ADD COLUMN takes_over_from timestamptz NOT NULL DEFAULT 'infinity';
