-- An agent's metadata once more beside its definition, which is text: what agents are searched by.
-- No index: under row-level security a condition that is not leakproof, as @> is, never reaches one.
ALTER TABLE agents ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}';

-- FORCE binds the owner, too; this role sees all rows.
SET LOCAL ROLE app_system;
DO $$
DECLARE
  agent record;
BEGIN
  FOR agent IN
    -- jsonb refuses \u0000 and lone surrogates, which instructions may hold and metadata does not. A
    -- backslash begins an escape where an even number of them stands before it.
    SELECT tenant_id, agent_id,
      regexp_replace(definition, '(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})', '\1\\ufffd', 'g') AS definition
    FROM agents JOIN agent_versions USING (tenant_id, agent_id, version)
  LOOP
    BEGIN
      UPDATE agents SET metadata = coalesce(agent.definition::jsonb -> 'metadata', '{}')
      WHERE tenant_id = agent.tenant_id AND agent_id = agent.agent_id;
    -- A definition that was changed by hand: no such agent can run, and it is no reason not to migrate.
    EXCEPTION WHEN data_exception THEN NULL;
    END;
  END LOOP;
END
$$;
RESET ROLE;
