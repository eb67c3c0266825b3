-- What admins did, and who was refused: one chain of records for each tenant, and one of the platform, whose
-- tenant is the nil UUID. Each record holds the hash of the one before it.
CREATE TABLE audit_records (
  tenant_id         uuid NOT NULL,
  -- From 1, without a gap.
  seq               bigint NOT NULL,
  at                timestamptz NOT NULL,
  action            text NOT NULL,
  outcome           text NOT NULL,
  -- Whom the caller spoke for, and by what that was proved; null where nothing was.
  subject           text,
  authenticated_by  text,
  key_id            uuid,
  target_type       text,
  target_id         text,
  -- Of the problem that a refused caller was answered.
  code              text,
  status            integer,
  -- The method and the route's template, never what was asked for.
  route             text,
  address           text,
  request_id        text,
  -- Refusals that differ by nothing but their time are one record.
  count             integer NOT NULL,
  first_at          timestamptz,
  last_at           timestamptz,
  detail            jsonb NOT NULL,
  previous_hash     bytea NOT NULL,
  hash              bytea NOT NULL,
  PRIMARY KEY (tenant_id, seq),
  CHECK (outcome IN ('done', 'refused')),
  CHECK (count > 0)
);
CREATE INDEX audit_records_action ON audit_records (tenant_id, action, seq);
CREATE INDEX audit_records_subject ON audit_records (tenant_id, subject, seq);

-- RFC 8785 (JSON Canonicalization Scheme) of what records hold: texts, whole numbers, booleans, and lists and
-- objects of these whose names are ASCII. It calls itself for lists and objects alone: each call costs.
CREATE FUNCTION canonical_json(value jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE jsonb_typeof(value)
    WHEN 'object' THEN (
      SELECT '{' || coalesce(string_agg(to_jsonb(name)::text || ':' ||
          CASE WHEN jsonb_typeof(item) IN ('object', 'array') THEN canonical_json(item) ELSE item::text END,
        ',' ORDER BY name COLLATE "C"), '') || '}'
      FROM jsonb_each(value) AS field(name, item))
    WHEN 'array' THEN (
      SELECT '[' || coalesce(string_agg(
          CASE WHEN jsonb_typeof(item) IN ('object', 'array') THEN canonical_json(item) ELSE item::text END,
        ',' ORDER BY place), '') || ']'
      FROM jsonb_array_elements(value) WITH ORDINALITY AS element(item, place))
    ELSE value::text
  END;
END
$$;

CREATE FUNCTION audit_time(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Whoever appends gives neither place, time nor hashes: these are the database's. The lock makes one chain of
-- what replicas append at one time; the query behind it sees what those before have committed.
-- Its plan is made once, over an empty table: without sorts it takes the head from the primary key, however long
-- the chain grows.
CREATE FUNCTION chain_audit_record() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
  head record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('llamaagent.audit ' || NEW.tenant_id, 0));
  SELECT seq, hash INTO head FROM audit_records WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(head.seq, 0) + 1;
  NEW.previous_hash := coalesce(head.hash, decode(repeat('00', 32), 'hex'));
  -- To the millisecond, as records are shown and hashed.
  NEW.at := date_trunc('milliseconds', clock_timestamp());
  NEW.first_at := date_trunc('milliseconds', NEW.first_at);
  NEW.last_at := date_trunc('milliseconds', NEW.last_at);
  NEW.hash := sha256(convert_to(canonical_json(
    jsonb_strip_nulls(jsonb_build_object(
      'tenant_id', NEW.tenant_id, 'seq', NEW.seq, 'at', audit_time(NEW.at), 'action', NEW.action, 'outcome', NEW.outcome,
      'subject', NEW.subject, 'authenticated_by', NEW.authenticated_by, 'key_id', NEW.key_id,
      'target_type', NEW.target_type, 'target_id', NEW.target_id, 'code', NEW.code, 'status', NEW.status,
      'route', NEW.route, 'address', NEW.address, 'request_id', NEW.request_id, 'count', NEW.count,
      'first_at', audit_time(NEW.first_at), 'last_at', audit_time(NEW.last_at),
      'previous_hash', encode(NEW.previous_hash, 'hex')
    )) || jsonb_build_object('detail', NEW.detail)), 'UTF8'));
  RETURN NEW;
END
$$;
CREATE TRIGGER audit_records_chain BEFORE INSERT ON audit_records
  FOR EACH ROW EXECUTE FUNCTION chain_audit_record();

-- Rights keep the application from it; this, who owns the table and errs.
CREATE FUNCTION keep_audit_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit records are neither changed nor removed' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_records_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
  FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_records();

ALTER TABLE audit_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_records FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_records TO app_tenant
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid);
CREATE POLICY system ON audit_records TO app_system USING (true);
GRANT SELECT, INSERT (tenant_id, action, outcome, subject, authenticated_by, key_id, target_type, target_id, code,
  status, route, address, request_id, count, first_at, last_at, detail) ON audit_records TO app_tenant, app_system;
-- The trigger runs as whoever appends.
GRANT EXECUTE ON FUNCTION canonical_json(jsonb), audit_time(timestamptz) TO app_tenant, app_system;
