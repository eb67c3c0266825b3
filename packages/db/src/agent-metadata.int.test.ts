import { migratedPostgres, onEachDatabase } from "@llamaagent/testing/each-database";
import { describe, expect, inject, it } from "vitest";
import type { Database, OwnedDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

const tenantId = "01900000-0000-7000-8000-000000000001";

const written = (instructions: string, metadata: object): string =>
  JSON.stringify({ name: "a", model: "test/a", instructions, metadata });

/** As it was before the migration, with an agent of each definition. */
async function before(db: OwnedDatabase, definitions: readonly string[]): Promise<void> {
  await db.owner((tx) =>
    tx.script(`ALTER TABLE agents DROP COLUMN metadata;
      DELETE FROM schema_migrations WHERE version = 12`),
  );
  const old = written("", { old: true });
  for (const [index, definition] of definitions.entries()) {
    const key = [tenantId, `01900000-0000-7000-8000-${String(index).padStart(12, "0")}`];
    await db.system(async (tx) => {
      await tx.query(
        "INSERT INTO agents (tenant_id, agent_id, name, version) VALUES ($1, $2, $3, 2)",
        [...key, `agent-${index}`],
      );
      await tx.query("INSERT INTO agent_versions VALUES ($1, $2, 1, $3), ($1, $2, 2, $4)", [
        ...key,
        old,
        definition,
      ]);
    });
  }
}

async function metadata(db: Database): Promise<object[]> {
  const rows = await db.tenant(tenantId, (tx) =>
    tx.query<{ metadata: object }>("SELECT metadata FROM agents ORDER BY agent_id"),
  );
  return rows.map((row) => row.metadata);
}

onEachDatabase((database) => {
  it("takes the metadata of agents out of what earlier versions stored", async () => {
    await before(database(), [
      written("plain", { team: "one", deep: { list: [1, "ä"] } }),
      written("NUL \u0000\u0000, half a pair \ud83d, a backslash before \\\u0000", { team: "two" }),
      written("", { path: "C:\\u0000", more: "\\\\ud800", quote: '"\\"' }),
      JSON.stringify({ name: "a", model: "test/a" }),
      "not JSON",
    ]);
    const { applied } = await migrate({ database: database() });
    expect(applied).toEqual(["0012_agent_metadata"]);
    expect(await metadata(database())).toEqual([
      { team: "one", deep: { list: [1, "ä"] } },
      { team: "two" },
      { path: "C:\\u0000", more: "\\\\ud800", quote: '"\\"' },
      {},
      {},
    ]);
  });
});

describe.runIf(inject("databaseUrl"))("an owner whom row-level security binds", () => {
  it("takes the metadata of all", async () => {
    const postgres = await migratedPostgres();
    const { database, url } = postgres;
    await before(database, [written("", { team: "one" })]);
    const role = `bound_${new URL(url).pathname.slice(1)}`;
    await database.owner(async (tx) => {
      await tx.script(`CREATE ROLE ${role} LOGIN NOINHERIT; GRANT app_tenant, app_system TO ${role};
        GRANT USAGE, CREATE ON SCHEMA public TO ${role};
        ALTER TABLE agents OWNER TO ${role}; ALTER TABLE agent_versions OWNER TO ${role};
        ALTER TABLE schema_migrations OWNER TO ${role};
        GRANT EXECUTE ON FUNCTION ensure_run_partitions TO ${role}`);
    });
    const bound = new URL(url);
    bound.username = role;
    expect((await migrate({ url: bound.href })).applied).toEqual(["0012_agent_metadata"]);
    expect(await metadata(database)).toEqual([{ team: "one" }]);
    await database.owner((tx) => tx.script(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`));
    await postgres.drop();
  });
});
