-- Work besides runs, and runs that begin by the clock.

CREATE TABLE tasks (
  tenant_id   uuid NOT NULL,
  task_id     uuid NOT NULL,
  -- Names its handler.
  kind        text NOT NULL,
  -- JSON, as the handler is given it.
  payload     text NOT NULL,
  -- infinity: when somebody wakes it
  due_at      timestamptz NOT NULL DEFAULT 'infinity',
  -- Raised by whoever wakes it: a wake that comes while the task is owned is not lost.
  wakes       integer NOT NULL DEFAULT 0,
  -- The fence, as of runs.
  epoch       integer NOT NULL DEFAULT 0,
  owner       uuid,
  claimed_at  timestamptz,
  -- Since it last succeeded.
  attempts    integer NOT NULL DEFAULT 0,
  last_error  text,
  -- From then on it is given up where it fails.
  expires_at  timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, task_id),
  CHECK ((owner IS NULL) = (claimed_at IS NULL))
);
CREATE INDEX tasks_due ON tasks (due_at) WHERE owner IS NULL;
CREATE INDEX tasks_owner ON tasks (owner) WHERE owner IS NOT NULL;

CREATE TABLE schedules (
  tenant_id    uuid NOT NULL,
  schedule_id  uuid NOT NULL,
  -- Whose its runs are.
  subject      text NOT NULL,
  name         text,
  cron         text NOT NULL,
  timezone     text NOT NULL,
  -- What becomes of moments that passed while nothing could fire.
  missed       text NOT NULL,
  -- JSON: what was asked for, and what it comes to at each firing.
  run          text NOT NULL,
  admission    text NOT NULL,
  enabled      boolean NOT NULL,
  -- The first moment that has not been dealt with; null while it is disabled.
  next_due_at  timestamptz,
  metadata     jsonb NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, schedule_id),
  CHECK (missed IN ('skip', 'one', 'all'))
);
CREATE INDEX schedules_due ON schedules (next_due_at) WHERE enabled;

-- The key is the second lock against firing twice; the first is the schedule's row.
CREATE TABLE schedule_firings (
  tenant_id    uuid NOT NULL,
  schedule_id  uuid NOT NULL,
  due_at       timestamptz NOT NULL,
  -- started, refused or missed
  outcome      text NOT NULL,
  run_id       uuid,
  -- JSON: why it was refused.
  error        text,
  fired_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, schedule_id, due_at),
  CHECK (outcome IN ('started', 'refused', 'missed')),
  CHECK ((outcome = 'started') = (run_id IS NOT NULL))
);
CREATE INDEX schedule_firings_age ON schedule_firings (fired_at);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tasks', 'schedules', 'schedule_firings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO app_tenant USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', name);
    EXECUTE format('CREATE POLICY system ON %I TO app_system USING (true)', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON tasks, schedules, schedule_firings TO app_tenant, app_system;
