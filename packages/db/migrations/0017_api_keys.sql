-- What callers prove themselves with. Of the secret there is nothing but its SHA-256.
CREATE TABLE api_keys (
  tenant_id      uuid NOT NULL,
  key_id         uuid NOT NULL,
  name           text NOT NULL,
  -- Whom requests with it speak for: a key that takes the place of another speaks for the same.
  subject        text NOT NULL,
  secret_sha256  bytea NOT NULL,
  roles          text[] NOT NULL,
  -- Permissions; none: all that the roles allow.
  scopes         text[] NOT NULL,
  created_by     text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz,
  revoked_at     timestamptz,
  last_used_at   timestamptz,
  PRIMARY KEY (tenant_id, key_id)
);
-- A request tells its key before anybody knows its tenant.
CREATE INDEX api_keys_id ON api_keys (key_id);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON api_keys TO app_tenant
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
CREATE POLICY system ON api_keys TO app_system USING (true);
GRANT SELECT, INSERT, UPDATE ON api_keys TO app_tenant, app_system;
