-- The durable core: agents, threads, runs and what a run leaves behind.
-- Every primary key begins with tenant_id (cluster tables excepted), so the schema can be distributed.
-- JSON that was sent or answered is stored as text, the same bytes; only metadata and values are jsonb.

-- Roles belong to the whole cluster, so another database's migration may have made them already.
DO $$ BEGIN CREATE ROLE app_tenant NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE app_system NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT app_tenant TO CURRENT_USER;
GRANT app_system TO CURRENT_USER;

CREATE TABLE agents (
  tenant_id   uuid NOT NULL,
  agent_id    uuid NOT NULL,
  name        text NOT NULL,
  version     integer NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  deleted_at  timestamptz,
  PRIMARY KEY (tenant_id, agent_id)
);
CREATE UNIQUE INDEX agents_name ON agents (tenant_id, name) WHERE deleted_at IS NULL;

CREATE TABLE agent_versions (
  tenant_id   uuid NOT NULL,
  agent_id    uuid NOT NULL,
  version     integer NOT NULL,
  definition  text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, agent_id, version)
);

CREATE TABLE threads (
  tenant_id      uuid NOT NULL,
  thread_id      uuid NOT NULL,
  -- idle, busy, interrupted or error: how the latest run of the thread stands
  status         text NOT NULL DEFAULT 'idle',
  metadata       jsonb NOT NULL DEFAULT '{}',
  "values"       jsonb NOT NULL DEFAULT '{}',
  -- The run whose turn it is; others of the thread are stored blocked.
  active_run_id  uuid,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, thread_id)
);

CREATE TABLE messages (
  tenant_id     uuid NOT NULL,
  thread_id     uuid NOT NULL,
  seq           integer NOT NULL,
  run_id        uuid NOT NULL,
  message_id    text NOT NULL,
  role          text NOT NULL,
  content       text NOT NULL,
  tool_calls    text,
  tool_call_id  text,
  metadata      text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, thread_id, seq)
);

-- Content-addressed bytes in 1 MiB chunks: files of threads, results too large for a row.
CREATE TABLE blobs (
  tenant_id   uuid NOT NULL,
  sha256      text NOT NULL,
  size_bytes  integer NOT NULL,
  -- When it was last written, or a reference to it went away: the collector leaves it alone for a day.
  touched_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, sha256)
);

CREATE TABLE blob_chunks (
  tenant_id  uuid NOT NULL,
  sha256     text NOT NULL,
  chunk      integer NOT NULL,
  bytes      bytea NOT NULL,
  PRIMARY KEY (tenant_id, sha256, chunk)
);

CREATE TABLE thread_files (
  tenant_id   uuid NOT NULL,
  thread_id   uuid NOT NULL,
  path        text NOT NULL,
  sha256      text NOT NULL,
  size_bytes  integer NOT NULL,
  media_type  text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, thread_id, path)
);

-- Partitioned by run_id at month boundaries: a UUIDv7 is ordered by time.
CREATE TABLE runs (
  tenant_id            uuid NOT NULL,
  run_id               uuid NOT NULL,
  subject              text NOT NULL,
  agent_id             uuid NOT NULL,
  agent_version        integer NOT NULL,
  thread_id            uuid,
  -- queued, running, waiting or ended
  state                text NOT NULL,
  stop_reason          text,
  input                text,
  messages             text,
  output               text,
  -- Messages that a run without a thread produced; those of a thread are in messages.
  produced             text,
  error                text,
  -- What the provider says: no figure of it is too large to be stored.
  input_tokens         bigint NOT NULL DEFAULT 0,
  output_tokens        bigint NOT NULL DEFAULT 0,
  metadata             jsonb NOT NULL DEFAULT '{}',
  -- The fence: raised by whoever begins to act on the run; every write of an owner carries it.
  epoch                integer NOT NULL DEFAULT 0,
  owner                uuid,
  -- Raised whenever the run becomes claimable again: makes its hint's job id new.
  generation           integer NOT NULL DEFAULT 1,
  priority             integer NOT NULL DEFAULT 1,
  -- Waits for its turn on the thread.
  blocked              boolean NOT NULL DEFAULT false,
  hint_due_at          timestamptz,
  hint_delay_seconds   integer NOT NULL DEFAULT 5,
  -- The earliest moment at which the sweeper has to look at a run that has not ended.
  look_at              timestamptz,
  timeout_seconds      integer NOT NULL,
  -- Set at the first claim; while the run waits it is null and time_left_seconds keeps the rest.
  deadline_at          timestamptz,
  time_left_seconds    integer,
  cancel_requested_at  timestamptz,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  started_at           timestamptz,
  ended_at             timestamptz,
  PRIMARY KEY (tenant_id, run_id),
  CHECK (state IN ('queued', 'running', 'waiting', 'ended')),
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK ((state = 'running') = (owner IS NOT NULL))
) PARTITION BY RANGE (run_id);
CREATE INDEX runs_claimable ON runs (priority, run_id) WHERE state = 'queued' AND NOT blocked;
CREATE INDEX runs_oldest ON runs (run_id) WHERE state = 'queued' AND NOT blocked;
CREATE INDEX runs_queued_of_tenant ON runs (tenant_id) WHERE state = 'queued' AND NOT blocked;
CREATE INDEX runs_hint_due ON runs (hint_due_at) WHERE state = 'queued' AND NOT blocked;
CREATE INDEX runs_look_at ON runs (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX runs_owner ON runs (owner) WHERE state = 'running';
CREATE INDEX runs_thread ON runs (tenant_id, thread_id, run_id) WHERE thread_id IS NOT NULL;

CREATE TABLE run_steps (
  tenant_id      uuid NOT NULL,
  run_id         uuid NOT NULL,
  step_key       text NOT NULL,
  kind           text NOT NULL,
  name           text,
  effect         text NOT NULL,
  -- intent: begun; done: result stored; unknown: begun by an owner that died, outcome not known
  state          text NOT NULL,
  input_hash     text NOT NULL,
  result         text,
  -- Set instead of result where that is over 256 KiB.
  result_sha256  text,
  epoch          integer NOT NULL,
  started_at     timestamptz NOT NULL DEFAULT now(),
  ended_at       timestamptz,
  PRIMARY KEY (tenant_id, run_id, step_key),
  CHECK (state IN ('intent', 'done', 'unknown'))
) PARTITION BY RANGE (run_id);

CREATE TABLE run_events (
  tenant_id  uuid NOT NULL,
  run_id     uuid NOT NULL,
  epoch      integer NOT NULL,
  seq        integer NOT NULL,
  type       text NOT NULL,
  data       text NOT NULL,
  -- The step the event belongs to, or the place between steps by which a replay finds it again.
  step_key   text,
  scope      text,
  ordinal    integer,
  PRIMARY KEY (tenant_id, run_id, epoch, seq)
) PARTITION BY RANGE (run_id);

CREATE INDEX thread_files_blob ON thread_files (tenant_id, sha256);
CREATE INDEX run_steps_blob ON run_steps (tenant_id, result_sha256) WHERE result_sha256 IS NOT NULL;

CREATE TABLE runs_default PARTITION OF runs DEFAULT;
CREATE TABLE run_steps_default PARTITION OF run_steps DEFAULT;
CREATE TABLE run_events_default PARTITION OF run_events DEFAULT;

CREATE TABLE idempotency_keys (
  tenant_id   uuid NOT NULL,
  subject     text NOT NULL,
  key         text NOT NULL,
  body_hash   text NOT NULL,
  run_id      uuid NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, subject, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- A cluster table: workers serve all tenants.
CREATE TABLE workers (
  worker_id     uuid PRIMARY KEY,
  alive_until   timestamptz NOT NULL,
  started_at    timestamptz NOT NULL DEFAULT now(),
  capabilities  jsonb NOT NULL DEFAULT '{}'
);

-- The smallest UUID of a moment: 48 bits of Unix milliseconds, the rest zero (RFC 9562, version 7).
CREATE FUNCTION uuid_at(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-0000-0000-000000000000')::uuid
  FROM (SELECT lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') AS hex) AS h
$$;

CREATE FUNCTION uuid_moment(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT to_timestamp(('x' || lpad(replace(left(id::text, 13), '-', ''), 16, '0'))::bit(64)::bigint / 1000.0)
$$;

-- Makes the partitions of the current and the next months, and of any month that has rows in a default
-- partition; those rows are moved. Returns the names of the partitions it made.
-- SECURITY DEFINER: app_system may call it and owns no table. (pg_catalog is searched first where it is not
-- named, and tables are made in the first schema that is.)
CREATE FUNCTION ensure_run_partitions(months_ahead integer) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  parent text;
  month timestamp;
  part text;
BEGIN
  -- One at a time: two replicas boot together.
  PERFORM pg_advisory_xact_lock(hashtext('llamaagent.partitions'));
  FOREACH parent IN ARRAY ARRAY['runs', 'run_steps', 'run_events'] LOOP
    FOR month IN EXECUTE format(
      'SELECT date_trunc(''month'', now() AT TIME ZONE ''utc'') + make_interval(months => n) FROM generate_series(0, $1) AS n
       UNION SELECT DISTINCT date_trunc(''month'', uuid_moment(run_id) AT TIME ZONE ''utc'') FROM %I', parent || '_default')
      USING months_ahead
    LOOP
      part := parent || '_' || to_char(month, 'YYYY_MM');
      CONTINUE WHEN to_regclass(part) IS NOT NULL;
      -- ATTACH takes this lock anyway; taken here, no row of the month can come between the move and it.
      EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
      EXECUTE format(
        'WITH moved AS (DELETE FROM %I WHERE run_id >= $1 AND run_id < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved',
        parent || '_default', part)
        USING uuid_at(month AT TIME ZONE 'utc'), uuid_at((month + interval '1 month') AT TIME ZONE 'utc');
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part,
        uuid_at(month AT TIME ZONE 'utc'), uuid_at((month + interval '1 month') AT TIME ZONE 'utc'));
      RETURN NEXT part;
    END LOOP;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION ensure_run_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_run_partitions(integer) TO app_system;

-- Row-level security. FORCE: the owner is bound too. A tenant that was not set matches no row.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['agents', 'agent_versions', 'threads', 'messages', 'blobs', 'blob_chunks',
    'thread_files', 'runs', 'run_steps', 'run_events', 'idempotency_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO app_tenant USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', name);
    EXECUTE format('CREATE POLICY system ON %I TO app_system USING (true)', name);
  END LOOP;
END
$$;

-- Grants name parents only: a partition that is read directly would escape the policy.
GRANT USAGE ON SCHEMA public TO app_tenant, app_system;
GRANT SELECT, INSERT, UPDATE ON agents, threads, runs, run_steps, blobs TO app_tenant;
GRANT SELECT, INSERT ON agent_versions, messages, run_events, blob_chunks TO app_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON thread_files, idempotency_keys TO app_tenant;
GRANT SELECT, DELETE ON run_steps TO app_tenant;
GRANT SELECT ON workers TO app_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON agents, agent_versions, threads, messages, blobs, blob_chunks, thread_files,
  runs, run_steps, run_events, idempotency_keys, workers TO app_system;

-- What an app checks at its start.
GRANT SELECT ON schema_migrations TO app_system;
