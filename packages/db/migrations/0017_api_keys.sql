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
  -- The subject of who made it, and that one's own key; null of the first, and of one made without a key.
  created_by     text NOT NULL,
  created_by_key uuid,
  -- The key in whose place it came.
  replaces       uuid,
  created_at     timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz,
  revoked_at     timestamptz,
  last_used_at   timestamptz,
  PRIMARY KEY (tenant_id, key_id)
);
-- A request tells its key before anybody knows its tenant.
CREATE INDEX api_keys_id ON api_keys (key_id);
-- In the place of one comes one.
CREATE UNIQUE INDEX api_keys_replaces ON api_keys (tenant_id, replaces);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON api_keys TO app_tenant
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
CREATE POLICY system ON api_keys TO app_system USING (true);
-- What a key may do does not change.
GRANT SELECT, INSERT, UPDATE (expires_at, revoked_at, last_used_at) ON api_keys TO app_tenant, app_system;
