-- What agents and applications keep beyond a thread: JSON documents under a namespace and a key.
CREATE TABLE store_items (
  tenant_id    uuid NOT NULL,
  -- Labels, each followed by a dot, which none holds: what begins with a prefix is one range of the index.
  -- No text[]: comparisons of arrays are not leakproof, so under row-level security no index finds them.
  namespace    text COLLATE "C" NOT NULL,
  key          text COLLATE "C" NOT NULL,
  value        jsonb NOT NULL,
  -- jsonb writes numbers out: a body of 1 MiB with numbers like 1e308 would be answered by 50 MiB.
  value_bytes  integer NOT NULL GENERATED ALWAYS AS (octet_length(value::text)) STORED,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, namespace, key),
  CHECK (value_bytes <= 2097152)
);

ALTER TABLE store_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE store_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON store_items TO app_tenant
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
CREATE POLICY system ON store_items TO app_system USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON store_items TO app_tenant, app_system;
