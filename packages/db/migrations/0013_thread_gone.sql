-- The run stayed when its thread was removed: a thread that is made again under the id is another one.
ALTER TABLE runs ADD COLUMN thread_gone boolean NOT NULL DEFAULT false;
