import { setTimeout as sleep } from "node:timers/promises";
import { databaseContract } from "@llamaagent/testing/database.contract";
import { createStallingProxy } from "@llamaagent/testing/services/stalling-proxy";
import { createTestDatabase, type TestDatabase } from "@llamaagent/testing/services/test-database";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { OwnedDatabase, SystemTx } from "./database.ts";
import { migrate } from "./migrate.ts";
import { createPostgres, type PostgresOptions } from "./postgres.ts";
import { sqlState } from "./sql-errors.ts";

describe.runIf(inject("databaseUrl"))("on a real Postgres", () => {
  const migrated = () =>
    createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
  let test: TestDatabase;
  let other: TestDatabase;
  beforeAll(async () => {
    test = await migrated();
    other = await migrated();
  });
  afterAll(async () => {
    await test.drop();
    await other.drop();
  });

  const opened: OwnedDatabase[] = [];
  const open = (options: Partial<PostgresOptions> = {}) => {
    const database = createPostgres({ url: test.url, ...options });
    opened.push(database);
    return database;
  };
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });

  databaseContract("Postgres", async () => createPostgres({ url: test.url }));
  databaseContract("Postgres, one connection, unnamed statements", async () =>
    createPostgres({ url: other.url, poolSize: 1, pooler: "transaction" }),
  );

  const terminateAll = (by: OwnedDatabase) =>
    by.owner((tx) =>
      tx.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`),
    );

  it("says that the database is away where nothing listens", async () => {
    const database = open({ url: "postgres://postgres@127.0.0.1:1/none" });
    await expect(database.system(async () => {})).rejects.toMatchObject({
      code: "service_unavailable",
      retryAfterSeconds: 1,
    });
  });

  it("says why a transaction could not begin, not that its statements were refused", async () => {
    await open().owner((tx) => tx.script("CREATE ROLE outsider LOGIN"));
    const url = new URL(test.url);
    url.username = "outsider";
    const work = open({ url: url.href }).system((tx) => tx.query("SELECT 1"));
    expect(sqlState(await work.catch((error: unknown) => error))).toBe("42501");
    await open().owner((tx) => tx.script("DROP ROLE outsider"));
  });

  it("refuses a connection that takes not all settings, and says which it refused", async () => {
    const database = open({ poolSize: 1, timeouts: { idleInTransaction: 2 ** 31 } });
    for (let attempt = 0; attempt < 2; attempt++) {
      const failure = await database.system((tx) => tx.query("SELECT 1")).catch((error) => error);
      expect(sqlState(failure)).toBe("22023");
      expect(failure.message).toContain("idle_in_transaction_session_timeout");
    }
  });

  it("goes on after the server closed its idle connections", async () => {
    const killer = open();
    const database = open({ poolSize: 2 });
    await Promise.all([1, 2].map(() => database.system((tx) => tx.query("SELECT pg_sleep(0.05)"))));
    await terminateAll(killer);
    expect(await eventually(() => database.system((tx) => tx.query("SELECT 2 AS n")))).toEqual([
      { n: 2 },
    ]);
  });

  it("lets nobody hold locks for long who does nothing, and nobody wait for them for long", async () => {
    const read = (name: string) =>
      open().system((tx) => tx.query(`SELECT current_setting('${name}') AS value`));
    expect(await read("idle_in_transaction_session_timeout")).toEqual([{ value: "5s" }]);
    expect(await read("lock_timeout")).toEqual([{ value: "4s" }]);

    const database = open({ poolSize: 2, timeouts: { lock: 100 } });
    const lock = "SELECT pg_advisory_xact_lock(1)";
    const held = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const holder = database.system(async (tx) => {
      await tx.query(lock);
      held.resolve();
      await over.promise;
    });
    await held.promise;
    await expect(database.system((tx) => tx.query(lock))).rejects.toMatchObject({
      code: "service_unavailable",
      retryAfterSeconds: 1,
      message: "Another request has held what this one needs for too long",
    });
    over.resolve();
    await holder;
  });

  it("takes the connection from work that lets its transaction stand idle", async () => {
    const database = open({ poolSize: 1, timeouts: { idleInTransaction: 100 } });
    const work = database.system(async (tx) => {
      await tx.query("SELECT 1");
      await sleep(1_000);
      return tx.query("SELECT 2");
    });
    await expect(work).rejects.toMatchObject({ code: "service_unavailable" });
    expect(await database.system((tx) => tx.query("SELECT 3 AS n"))).toEqual([{ n: 3 }]);
  });

  it("answers service_unavailable where the connection is cut inside a transaction", async () => {
    const killer = open();
    const database = open({ poolSize: 1 });
    const { promise: isOpen, resolve: opens } = Promise.withResolvers<void>();
    const { promise: isCut, resolve: cuts } = Promise.withResolvers<void>();
    const work = database.system(async (tx) => {
      await tx.query("SELECT 1");
      opens();
      await isCut;
      return tx.query("SELECT 2");
    });
    work.catch(() => {});
    await isOpen;
    await terminateAll(killer);
    cuts();
    await expect(work).rejects.toMatchObject({ code: "service_unavailable" });
    expect(await database.system((tx) => tx.query("SELECT 3 AS n"))).toEqual([{ n: 3 }]);
  });

  it("gives up on a statement that takes too long", async () => {
    const database = open({ timeouts: { statement: 200 } });
    await expect(database.system((tx) => tx.query("SELECT pg_sleep(30)"))).rejects.toMatchObject({
      code: "service_unavailable",
      cause: { code: "57014" },
    });
  });

  it.each<{ sent: string; work: (tx: SystemTx) => Promise<unknown> }>([
    { sent: "a statement", work: (tx) => tx.query("SELECT 1") },
    { sent: "a whole transaction", work: (tx) => tx.query("SELECT 1", [], { isLast: true }) },
    { sent: "a last statement", work: (tx) => tx.query("SELECT 2", [], { isLast: true }) },
  ])(
    "gives up on a server that has gone silent, long before the statement time-out: $sent",
    async ({ work }) => {
      const proxy = await createStallingProxy(test.url);
      const database = open({ url: proxy.url, poolSize: 1, timeouts: { connect: 500 } });
      // Prepares it, so that it can be all of a transaction.
      await database.system((tx) => tx.query("SELECT 1"));
      proxy.stall();
      // First on the pooled connection, then on one that would have to be made.
      for (let attempt = 0; attempt < 2; attempt++) {
        const startedAt = performance.now();
        await expect(database.system(work)).rejects.toMatchObject({ code: "service_unavailable" });
        // The statement's own is 30 s.
        expect(performance.now() - startedAt).toBeLessThan(5_000);
      }
      proxy.resume();
      expect(await database.system((tx) => tx.query("SELECT 2 AS n"))).toEqual([{ n: 2 }]);
      await database.close();
      await proxy.close();
    },
    60_000,
  );

  it("refuses after a while where all connections are taken", async () => {
    const database = open({ poolSize: 1, timeouts: { connect: 300 } });
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const first = database.system(() => mayEnd);
    await expect(database.system(async () => {})).rejects.toMatchObject({
      code: "service_unavailable",
    });
    end();
    await first;
  });

  it("repeats a transaction that lost a deadlock", async () => {
    const database = open();
    await database.system((tx) =>
      tx.query(`INSERT INTO workers (worker_id, alive_until)
        VALUES ('00000000-0000-7000-8000-00000000000a', now()), ('00000000-0000-7000-8000-00000000000b', now())`),
    );
    const gate = Promise.withResolvers<void>();
    const survived = Promise.withResolvers<void>();
    let waiting = 0;
    let attempts = 0;
    const lockInOrder = (order: string[]) =>
      database.system(async (tx) => {
        attempts += 1;
        // Else it may have its first row again before the other, which waits for that, is awake.
        if (attempts > 2) await survived.promise;
        for (const last of order) {
          await tx.query(
            "SELECT 1 FROM workers WHERE worker_id = ('00000000-0000-7000-8000-00000000000' || $1)::uuid FOR UPDATE",
            [last],
          );
          if (++waiting === 2) gate.resolve();
          await gate.promise;
        }
        survived.resolve();
      });
    await Promise.all([lockInOrder(["a", "b"]), lockInOrder(["b", "a"])]);
    expect(attempts).toBe(3);
  });

  it("prepares a statement once per connection, and never behind a transaction pooler", async () => {
    const count = async (database: OwnedDatabase) => {
      const statement = "SELECT count(*) AS n FROM pg_prepared_statements WHERE name <> 'scope'";
      await database.system((tx) => tx.query(statement));
      return database.system((tx) => tx.query(statement));
    };
    expect(await count(open({ poolSize: 1 }))).toEqual([{ n: 1 }]);
    expect(await count(open({ poolSize: 1, pooler: "transaction" }))).toEqual([{ n: 0 }]);
  });
});

/** The pool may hand out a connection whose end it has not heard of yet. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}
