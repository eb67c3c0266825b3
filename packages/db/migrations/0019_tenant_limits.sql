-- What a tenant may have at one time, where that is not as for all others: {"open_runs": 100, …}
ALTER TABLE tenants ADD COLUMN limits jsonb NOT NULL DEFAULT '{}';
GRANT UPDATE (limits) ON tenants TO app_system;
-- Counted at each admission.
CREATE INDEX runs_open_of_tenant ON runs (tenant_id) WHERE state <> 'ended';
