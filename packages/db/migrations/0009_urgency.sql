-- What a tenant wants first of its own runs: -10 to 10. Its share beside other tenants is runs.priority.
ALTER TABLE runs ADD COLUMN urgency smallint NOT NULL DEFAULT 0;
-- In the place of one on tenant_id alone: counts a tenant's queued runs, and finds the most urgent of them.
CREATE INDEX runs_urgency_of_tenant ON runs (tenant_id, urgency DESC, priority, run_id) WHERE state = 'queued' AND NOT blocked;
DROP INDEX runs_queued_of_tenant;
-- Mostly empty.
CREATE INDEX runs_urgent ON runs (urgency) WHERE state = 'queued' AND NOT blocked AND urgency <> 0;
