import { createTestDatabase, type TestDatabase } from "@llamaagent/testing/services/test-database";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { OwnedDatabase, Tx } from "./database.ts";
import { migrate } from "./migrate.ts";
import { createPostgres } from "./postgres.ts";
import { sqlState } from "./sql-errors.ts";

const A = "00000000-0000-7000-8000-00000000000a";
const B = "00000000-0000-7000-8000-00000000000b";

/** One connection, so that each transaction finds what the one before has left. */
describe.runIf(inject("databaseUrl"))("a transaction of one statement", () => {
  let test: TestDatabase;
  let db: OwnedDatabase;
  beforeAll(async () => {
    test = await createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
    db = createPostgres({ url: test.url, poolSize: 1 });
  });
  afterAll(async () => {
    await db?.close();
    await test?.drop();
  });

  const isLast = { isLast: true };
  const seen = (tx: Tx) =>
    tx.query<object>(
      "SELECT current_user AS role, coalesce(current_setting('app.tenant', true), '') AS tenant",
      [],
      isLast,
    );
  const insert = (tx: Tx, worker: string) =>
    tx.query("INSERT INTO workers (worker_id, alive_until) VALUES ($1, now())", [worker], isLast);
  const workers = async () =>
    (await db.system((tx) => tx.query<{ id: string }>("SELECT worker_id AS id FROM workers"))).map(
      ({ id }) => id,
    );

  it("is in its own role and tenant, whoever came before", async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await db.tenant(A, seen)).toEqual([{ role: "app_tenant", tenant: A }]);
      expect(await db.tenant(B, seen)).toEqual([{ role: "app_tenant", tenant: B }]);
      expect(await db.system(seen)).toEqual([{ role: "app_system", tenant: "" }]);
      expect(await db.owner(seen)).toEqual([{ role: "postgres", tenant: "" }]);
    }
  });

  it("is one message once its statement is prepared", async () => {
    const scopes = async () => {
      const [row] = await db.owner((tx) =>
        tx.query<{ n: number }>(
          "SELECT generic_plans + custom_plans AS n FROM pg_prepared_statements WHERE name = 'scope'",
        ),
      );
      return row?.n ?? 0;
    };
    const before = await scopes();
    const fresh = (tx: Tx) => tx.query("SELECT 'asked for the first time'", [], isLast);
    for (let n = 0; n < 4; n += 1) await db.system(fresh);
    expect(await scopes()).toBe(before + 3);
  });

  it("is stored once it resolves, whatever the work throws then", async () => {
    for (const id of [A, B])
      await db
        .system(async (tx) => {
          await insert(tx, id);
          throw new Error("afterwards");
        })
        .catch(() => undefined);
    expect(await workers()).toEqual([A, B]);
  });

  it("leaves nothing where it fails, and the connection as it was", async () => {
    for (let round = 0; round < 3; round += 1) {
      const failure: unknown = await db
        .system((tx) => insert(tx, A))
        .catch((error: unknown) => error);
      expect(sqlState(failure)).toBe("23505");
      expect(await db.tenant(B, seen)).toEqual([{ role: "app_tenant", tenant: B }]);
    }
    const silent = db.system(async (tx) => {
      await insert(tx, A).catch(() => undefined);
    });
    await expect(silent).rejects.toThrow("duplicate key");
    expect(await workers()).toHaveLength(2);
  });

  it("fails where its COMMIT does", async () => {
    await db.owner((tx) =>
      tx.script(`CREATE TABLE late (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);
        GRANT SELECT, INSERT ON late TO app_system`),
    );
    const twice = (tx: Tx) => tx.query("INSERT INTO late VALUES (1), (1)", [], isLast);
    for (let round = 0; round < 3; round += 1) {
      const failure: unknown = await db.system(twice).catch((error: unknown) => error);
      expect(sqlState(failure)).toBe("23505");
    }
    expect(await db.system((tx) => tx.query("SELECT n FROM late"))).toEqual([]);
  });

  it("has the settings of its connection, also behind a pooler", async () => {
    const timeout = (tx: Tx) => tx.query<object>("SHOW statement_timeout", [], isLast);
    for (const pooler of [undefined, "transaction"] as const) {
      const other = createPostgres({ url: test.url, poolSize: 1, ...(pooler ? { pooler } : {}) });
      for (let round = 0; round < 3; round += 1)
        expect(await other.system(timeout)).toEqual([{ statement_timeout: "30s" }]);
      await other.close();
    }
  });

  it("carries any value, and no second statement", async () => {
    const given = ['"\\ é 🙂\n', null, 1.5, new Date(0), new Uint8Array([0, 255]), ["a", null]];
    const echo = (tx: Tx) =>
      tx.query<object>(
        "SELECT $1::text AS a, $2::text AS b, $3::float8 AS c, $4::timestamptz AS d, $5::bytea AS e, $6::text[] AS f",
        given,
        isLast,
      );
    const prepared = await db.system(echo);
    expect(await db.system(echo)).toEqual(prepared);
    expect(Object.values(prepared[0] ?? {})).toEqual(given);
    const second = db.system(async (tx) => {
      await echo(tx);
      await tx.query("SELECT 1");
    });
    await expect(second).rejects.toThrow("over");
  });
});
