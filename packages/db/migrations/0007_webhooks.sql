-- JSON: where a run's events are sent, and which. Its task sends them: the outbox is the run's own log.
ALTER TABLE runs ADD COLUMN webhook text;

-- Each attempt, whatever came of it.
CREATE TABLE webhook_deliveries (
  tenant_id    uuid NOT NULL,
  delivery_id  uuid NOT NULL,
  run_id       uuid NOT NULL,
  event_id     text NOT NULL,
  event_type   text NOT NULL,
  url          text NOT NULL,
  attempt      integer NOT NULL,
  -- What the receiver answered; null where it did not.
  status_code  integer,
  error        text,
  duration_ms  integer NOT NULL,
  sent_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, delivery_id)
);
CREATE INDEX webhook_deliveries_run ON webhook_deliveries (tenant_id, run_id, delivery_id);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (sent_at);

-- What deliveries are signed with: all that have not expired, so that receivers can change over.
CREATE TABLE webhook_keys (
  tenant_id   uuid NOT NULL,
  key_id      uuid NOT NULL,
  secret      text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz,
  PRIMARY KEY (tenant_id, key_id)
);
-- One that does not expire: two that are made at once are one.
CREATE UNIQUE INDEX webhook_keys_current ON webhook_keys (tenant_id) WHERE expires_at IS NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['webhook_deliveries', 'webhook_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO app_tenant USING (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid)', name);
    EXECUTE format('CREATE POLICY system ON %I TO app_system USING (true)', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries, webhook_keys TO app_tenant, app_system;
