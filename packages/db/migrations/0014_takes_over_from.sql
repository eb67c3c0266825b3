-- From when on the worker takes runs of dead ones over: after a gap in its renewals, not before the others can
-- have renewed. One that has come, in a row that is renewed, tells a new worker that there was no gap.
ALTER TABLE workers ADD COLUMN takes_over_from timestamptz NOT NULL DEFAULT 'infinity';
