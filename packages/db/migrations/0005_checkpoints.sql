-- A thread shows its messages from here: a branch copies those that it goes on from behind the others.
ALTER TABLE threads ADD COLUMN first_seq integer NOT NULL DEFAULT 1;
ALTER TABLE messages
  -- Of a client that changed the thread.
  ALTER COLUMN run_id DROP NOT NULL,
  -- By a branch: what a run said is in its first copy.
  ADD COLUMN copied boolean NOT NULL DEFAULT false;
-- A run of a thread that goes on from here; null: from where the thread stands at its turn.
ALTER TABLE runs ADD COLUMN checkpoint_id uuid;

-- What a thread was after each change of it: messages first_seq to last_seq, and values.
CREATE TABLE checkpoints (
  tenant_id      uuid NOT NULL,
  thread_id      uuid NOT NULL,
  -- Counts up under the thread's lock; the highest is what the thread is now.
  number         integer NOT NULL,
  -- The id of the run whose end it is, or a new one of a client's change.
  checkpoint_id  uuid NOT NULL,
  parent_id      uuid,
  run_id         uuid,
  first_seq      integer NOT NULL,
  last_seq       integer NOT NULL,
  "values"       jsonb NOT NULL DEFAULT '{}',
  metadata       jsonb NOT NULL DEFAULT '{}',
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, thread_id, number),
  UNIQUE (tenant_id, thread_id, checkpoint_id)
);
-- What threads were, as far as their messages say it.
INSERT INTO checkpoints (tenant_id, thread_id, number, checkpoint_id, parent_id, run_id, first_seq, last_seq, created_at)
SELECT tenant_id, thread_id, row_number() OVER in_order, run_id, lag(run_id) OVER in_order, run_id, 1, last_seq, created_at
FROM (
  SELECT tenant_id, thread_id, run_id, max(seq) AS last_seq, max(created_at) AS created_at
  FROM messages GROUP BY tenant_id, thread_id, run_id
) AS turns
WINDOW in_order AS (PARTITION BY tenant_id, thread_id ORDER BY last_seq);

CREATE INDEX threads_created ON threads (tenant_id, created_at DESC, thread_id);

ALTER TABLE checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE checkpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON checkpoints TO app_tenant USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
CREATE POLICY system ON checkpoints TO app_system USING (true);
GRANT SELECT, INSERT, DELETE ON checkpoints TO app_tenant, app_system;
GRANT DELETE ON threads, messages TO app_tenant;
