import { randomUUID } from "node:crypto";
import { type OwnedDatabase, sqlState, type Tx } from "@llamaagent/db";
import { beforeAll, expect, it } from "vitest";

const ours = randomUUID();
const theirs = randomUUID();

const tenantTables = [
  "agents",
  "agent_versions",
  "audit_records",
  "threads",
  "messages",
  "blobs",
  "blob_chunks",
  "thread_files",
  "runs",
  "run_steps",
  "run_events",
  "idempotency_keys",
  "store_items",
  "checkpoints",
  "tasks",
  "schedules",
  "schedule_firings",
  "webhook_deliveries",
  "webhook_keys",
];

const insertThread = (tx: Tx, tenantId: string) =>
  tx.query("INSERT INTO threads (tenant_id, thread_id) VALUES ($1, $2)", [tenantId, randomUUID()]);

/** A repository that has forgotten its tenant: only row-level security is left. */
const forgetful = (tx: Tx) => tx.query("SELECT tenant_id FROM threads");

const stateOf = async (work: Promise<unknown>) =>
  sqlState(await work.catch((error: unknown) => error));

export function tenancyContract(database: () => OwnedDatabase): void {
  beforeAll(async () => {
    for (const tenantId of [ours, theirs])
      await database().tenant(tenantId, (tx) => insertThread(tx, tenantId));
  });

  it("shows a query without a tenant the rows of its own tenant only", async () => {
    expect(await database().tenant(ours, forgetful)).toEqual([{ tenant_id: ours }]);
    expect(await database().tenant(theirs, forgetful)).toEqual([{ tenant_id: theirs }]);
  });

  it("changes and deletes no rows of another tenant", async () => {
    const changed = await database().tenant(ours, (tx) =>
      tx.query("UPDATE threads SET status = 'busy' WHERE tenant_id = $1 RETURNING 1 AS n", [
        theirs,
      ]),
    );
    expect(changed).toEqual([]);
    const deleted = await database().tenant(ours, (tx) =>
      tx.query("DELETE FROM thread_files WHERE tenant_id = $1 RETURNING 1 AS n", [theirs]),
    );
    expect(deleted).toEqual([]);
  });

  it("refuses a row for another tenant", async () => {
    expect(await stateOf(database().tenant(ours, (tx) => insertThread(tx, theirs)))).toBe("42501");
    const moved = database().tenant(ours, (tx) =>
      tx.query("UPDATE threads SET tenant_id = $1", [theirs]),
    );
    expect(await stateOf(moved)).toBe("42501");
  });

  it("shows nothing while no tenant is set", async () => {
    const seen = await database().owner(async (tx) => {
      await tx.query("SET LOCAL ROLE app_tenant");
      return forgetful(tx);
    });
    expect(seen).toEqual([]);
  });

  it("leaves neither role nor tenant behind on the connection", async () => {
    await database().tenant(ours, forgetful);
    const [row] = await database().owner((tx) =>
      tx.query<{ tenant: string | null; role: string }>(
        "SELECT nullif(current_setting('app.tenant', true), '') AS tenant, current_user AS role",
      ),
    );
    expect(row?.tenant).toBeNull();
    expect(row?.role).not.toMatch(/^app_/);
  });

  it("shows the system the rows of all tenants", async () => {
    const rows = await database().system((tx) =>
      tx.query("SELECT tenant_id FROM threads WHERE tenant_id = ANY($1)", [[ours, theirs]]),
    );
    expect(rows).toHaveLength(2);
  });

  it("keeps tenants apart where the same statement was prepared in another role", async () => {
    expect((await database().system(forgetful)).length).toBeGreaterThanOrEqual(2);
    expect(await database().tenant(ours, forgetful)).toEqual([{ tenant_id: ours }]);
  });

  it("refuses a partition that is read directly", async () => {
    const parts = [
      "runs_default",
      `runs_${new Date().toISOString().slice(0, 7).replace("-", "_")}`,
    ];
    for (const part of parts) {
      const read = (tx: Tx) => tx.query(`SELECT * FROM ${part}`);
      expect(await stateOf(database().tenant(ours, read))).toBe("42501");
      expect(await stateOf(database().system(read))).toBe("42501");
    }
  });

  it("binds every table that has a tenant, its owner too", async () => {
    const rows = await database().owner((tx) =>
      tx.query<{ name: string }>(`SELECT c.relname AS name
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
          AND c.relrowsecurity AND c.relforcerowsecurity`),
    );
    const all = await database().owner((tx) =>
      tx.query<{ name: string }>(`SELECT c.relname AS name
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace`),
    );
    expect(rows.map((row) => row.name).toSorted()).toEqual(all.map((row) => row.name).toSorted());
    expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(tenantTables));
  });

  it("begins every primary key of a table that has a tenant with it", async () => {
    const others = await database().owner((tx) =>
      tx.query(`SELECT c.relname FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        WHERE c.relkind IN ('r', 'p') AND i.indkey[0] <> a.attnum`),
    );
    expect(others).toEqual([]);
  });

  it("refuses a tenant id that is not a UUID before it reaches SQL", async () => {
    const work = database().tenant(`${ours}', true); DROP TABLE threads; --`, forgetful);
    await expect(work).rejects.toMatchObject({ code: "internal" });
    expect(await database().tenant(ours, forgetful)).toEqual([{ tenant_id: ours }]);
  });

  it("lets neither role make, change or drop tables", async () => {
    for (const statement of [
      "CREATE TABLE x ()",
      "ALTER TABLE threads DISABLE ROW LEVEL SECURITY",
    ]) {
      const change = (tx: Tx) => tx.query(statement);
      expect(await stateOf(database().tenant(ours, change))).toBe("42501");
      expect(await stateOf(database().system(change))).toBe("42501");
    }
  });
}
