import { randomBytes, randomUUID } from "node:crypto";
import { type OwnedDatabase, sqlState, type SystemTx, type Tx } from "@llamaagent/db";
import { expect, it } from "vitest";

const tenantId = randomUUID();

/** A UUIDv7 of that moment. */
function runIdAt(moment: string): string {
  const time = Date.parse(moment).toString(16).padStart(12, "0");
  const rest = randomBytes(6).toString("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${rest}`;
}

const insertRun = (tx: Tx, runId: string) =>
  tx.query(
    `INSERT INTO runs (tenant_id, run_id, subject, agent_id, agent_version, state, timeout_seconds)
     VALUES ($1, $2, 'me', $2, 1, 'queued', 60)`,
    [tenantId, runId],
  );

const insertEvent = (tx: Tx, runId: string) =>
  tx.query(
    "INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data) VALUES ($1, $2, 0, 1, 't', '')",
    [tenantId, runId],
  );

async function partitionOf(
  tx: SystemTx,
  runId: string,
  table = "runs",
): Promise<string | undefined> {
  const rows = await tx.query<{ part: string }>(
    `SELECT tableoid::regclass::text AS part FROM ${table} WHERE run_id = $1`,
    [runId],
  );
  return rows[0]?.part;
}

const ensure = async (tx: Tx, months: number) =>
  (await tx.query<{ name: string }>("SELECT ensure_run_partitions($1) AS name", [months])).map(
    (row) => row.name,
  );

export function partitionContract(database: () => OwnedDatabase): void {
  it("has partitions for this month and the next two, of all three tables", async () => {
    const counts = await database().owner((tx) =>
      tx.query(`SELECT inhparent::regclass::text AS parent, count(*) AS n FROM pg_inherits
        WHERE inhparent IN ('runs'::regclass, 'run_steps'::regclass, 'run_events'::regclass)
          AND inhrelid::regclass::text NOT LIKE '%default' GROUP BY 1 ORDER BY 1`),
    );
    expect(counts).toEqual([
      { parent: "run_events", n: 3 },
      { parent: "run_steps", n: 3 },
      { parent: "runs", n: 3 },
    ]);
  });

  it("puts a run of now into the partition of its month", async () => {
    const now = new Date().toISOString();
    const runId = runIdAt(now);
    const part = await database().system(async (tx) => {
      await insertRun(tx, runId);
      return partitionOf(tx, runId);
    });
    expect(part).toBe(`runs_${now.slice(0, 4)}_${now.slice(5, 7)}`);
  });

  it("moves rows out of the default partitions into months that begin at UTC", async () => {
    const last = runIdAt("2031-01-31T23:59:59.999Z");
    const first = runIdAt("2031-02-01T00:00:00.000Z");
    await database().tenant(tenantId, async (tx) => {
      for (const runId of [last, first]) {
        await insertRun(tx, runId);
        await insertEvent(tx, runId);
      }
    });
    const parts = await database().system(async (tx) => {
      const before = await partitionOf(tx, last);
      await tx.query("SET LOCAL TimeZone = 'Pacific/Auckland'");
      const made = await ensure(tx, 0);
      return {
        before,
        made: made.toSorted(),
        last: await partitionOf(tx, last),
        first: await partitionOf(tx, first),
        event: await partitionOf(tx, first, "run_events"),
      };
    });
    expect(parts).toEqual({
      before: "runs_default",
      made: ["run_events_2031_01", "run_events_2031_02", "runs_2031_01", "runs_2031_02"],
      last: "runs_2031_01",
      first: "runs_2031_02",
      event: "run_events_2031_02",
    });
  });

  it("leaves the default partitions empty", async () => {
    const rows = await database().owner((tx) =>
      tx.query(`SELECT run_id FROM runs_default UNION ALL SELECT run_id FROM run_steps_default
        UNION ALL SELECT run_id FROM run_events_default`),
    );
    expect(rows).toEqual([]);
  });

  it("gives new partitions the indexes of their table", async () => {
    const count = (part: string) =>
      database().owner((tx) =>
        tx.query("SELECT count(*) AS n FROM pg_indexes WHERE tablename = $1", [part]),
      );
    expect(await count("runs_2031_01")).toEqual(await count("runs"));
    expect(await count("runs_2031_01")).toEqual([{ n: 12 }]);
  });

  it("makes nothing twice", async () => {
    expect(await database().system((tx) => ensure(tx, 2))).toEqual([]);
  });

  it("is refused to a tenant", async () => {
    const work = database().tenant(tenantId, (tx) => ensure(tx, 2));
    expect(sqlState(await work.catch((error: unknown) => error))).toBe("42501");
  });

  it("finds the moment of an id and the smallest id of a moment", async () => {
    const [row] = await database().system((tx) =>
      tx.query(`SELECT uuid_at('2026-12-01 00:00:00.001+00') AS id,
        uuid_moment('01a22ee6-b001-7abc-8def-0123456789ab') AS moment,
        uuid_moment(uuid_at('2026-12-01 00:00:00.001+00')) AS back`),
    );
    expect(row).toEqual({
      id: "01a22ee6-b001-0000-0000-000000000000",
      moment: new Date("2026-12-01T00:00:00.001Z"),
      back: new Date("2026-12-01T00:00:00.001Z"),
    });
  });
}
