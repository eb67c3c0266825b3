-- Those who share an installation and see nothing of each other.
CREATE TABLE tenants (
  tenant_id     uuid PRIMARY KEY,
  name          text NOT NULL,
  -- The subject of who made it.
  created_by    text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  -- Since then its callers are refused and its schedules do not fire.
  suspended_at  timestamptz
);
CREATE UNIQUE INDEX tenants_name ON tenants (name);
-- The one that is there without authentication, and whose platform admins look after the others.
INSERT INTO tenants (tenant_id, name, created_by) VALUES ('00000000-0000-7000-8000-000000000001', 'default', 'installation');

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenants TO app_tenant
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
CREATE POLICY system ON tenants TO app_system USING (true);
GRANT SELECT ON tenants TO app_tenant;
GRANT SELECT, INSERT, UPDATE (name, suspended_at) ON tenants TO app_system;
