import { createTestDatabase, type TestDatabase } from "@llamaagent/testing/services/test-database";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import type { OwnedDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { createPostgres } from "./postgres.ts";
import { assertSchemaIsCurrent } from "./schema-is-current.ts";
import { ALL_MIGRATIONS } from "./test/all-migrations.ts";

describe.runIf(inject("databaseUrl"))("migrate", () => {
  let test: TestDatabase;
  let database: OwnedDatabase;
  beforeEach(async () => {
    test = await createTestDatabase();
    database = createPostgres({ url: test.url });
  });
  afterEach(async () => {
    await database.close();
    await test.drop();
  });

  it("brings an empty database to the schema and tells what it did", async () => {
    const told: string[] = [];
    const report = await migrate({ url: test.url }, { onApplied: (name) => told.push(name) });
    expect(report.applied).toEqual(ALL_MIGRATIONS);
    expect(told).toEqual(ALL_MIGRATIONS);
    expect(report.partitions).toHaveLength(9);
    expect(await migrate({ url: test.url })).toEqual({ applied: [], partitions: [] });
    await assertSchemaIsCurrent(database);
  });

  it("lets one of several migrators work while the others wait", async () => {
    const reports = await Promise.all([1, 2, 3, 4].map(() => migrate({ url: test.url })));
    // Each once; which migrator took which, and in whose report it stands first, is left open.
    const applied = reports.flatMap((report) => report.applied);
    expect(applied.toSorted()).toEqual(ALL_MIGRATIONS);
    expect(reports.flatMap((report) => report.partitions)).toHaveLength(9);
  });

  it("refuses a file that was changed after it was applied", async () => {
    await migrate({ url: test.url });
    await database.owner((tx) => tx.query("UPDATE schema_migrations SET sha256 = 'other'"));
    await expect(migrate({ url: test.url })).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining("0001_initial was changed after it was applied"),
    });
    await expect(assertSchemaIsCurrent(database)).rejects.toMatchObject({
      code: "schema_outdated",
    });
  });

  it("says which command to run where the database was never migrated", async () => {
    await expect(assertSchemaIsCurrent(database)).rejects.toMatchObject({
      code: "schema_outdated",
      message: expect.stringContaining("llamaagent migrate"),
    });
  });

  it("accepts a schema newer than this version", async () => {
    await migrate({ url: test.url });
    await database.owner((tx) =>
      tx.query("INSERT INTO schema_migrations (version, name, sha256) VALUES (9999, 'later', 'x')"),
    );
    await assertSchemaIsCurrent(database);
  });

  it("works as a role that is no superuser, owning the tables", async () => {
    const role = `owner_${test.name}`;
    await database.owner(async (tx) => {
      await tx.script(`CREATE ROLE ${role} LOGIN CREATEROLE; ALTER DATABASE ${test.name} OWNER TO ${role};
        GRANT app_tenant, app_system TO ${role} WITH ADMIN OPTION`);
    });
    const url = new URL(test.url);
    url.username = role;
    expect((await migrate({ url: url.href })).applied).toEqual(ALL_MIGRATIONS);
    const own = createPostgres({ url: url.href });
    await assertSchemaIsCurrent(own);
    const seen = await own.owner((tx) => tx.query("SELECT * FROM threads"));
    expect(seen).toEqual([]);
    await own.close();
    await database.owner((tx) =>
      tx.script(`DROP OWNED BY ${role} CASCADE; ALTER DATABASE ${test.name} OWNER TO postgres`),
    );
    await database.owner((tx) => tx.script(`DROP ROLE ${role}`));
  });
});
