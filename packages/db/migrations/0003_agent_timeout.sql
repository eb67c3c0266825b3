-- What an admission needs of an agent. Out of the definition Postgres cannot read it always: its JSON
-- functions refuse texts that hold \u0000 or a lone surrogate anywhere.
ALTER TABLE agent_versions ADD COLUMN timeout_seconds integer NOT NULL DEFAULT 600;
UPDATE agent_versions SET timeout_seconds =
  coalesce(substring(definition from '"limits":\{[^{}]*"timeout_seconds":(\d+)')::integer, timeout_seconds);
