import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type OwnedDatabase, sqlState, type Tx } from "@llamaagent/db";
import { expect, it } from "vitest";

const insertThread = (tx: Tx, tenantId: string, threadId: string) =>
  tx.query("INSERT INTO threads (tenant_id, thread_id) VALUES ($1, $2)", [tenantId, threadId]);

const countThreads = (database: OwnedDatabase, tenantId: string) =>
  database.tenant(tenantId, (tx) => tx.query("SELECT count(*) AS n FROM threads"));

/** The first `failures` calls fail as a serialization failure does. */
const failing = (failures: number) => {
  let attempts = 0;
  return {
    attempts: () => attempts,
    work: async (tx: Tx): Promise<string> => {
      attempts += 1;
      if (attempts <= failures)
        await tx.query("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$");
      return "stored";
    },
  };
};

export function transactionContract(database: () => OwnedDatabase): void {
  it("stores what was done when the work returns", async () => {
    const tenantId = randomUUID();
    await database().tenant(tenantId, (tx) => insertThread(tx, tenantId, randomUUID()));
    expect(await countThreads(database(), tenantId)).toEqual([{ n: 1 }]);
  });

  it("undoes everything when the work throws, and throws the same error", async () => {
    const tenantId = randomUUID();
    const reason = new Error("changed my mind");
    const work = database().tenant(tenantId, async (tx) => {
      await insertThread(tx, tenantId, randomUUID());
      throw reason;
    });
    await expect(work).rejects.toBe(reason);
    expect(await countThreads(database(), tenantId)).toEqual([{ n: 0 }]);
  });

  it("is to be tried again where the disk is full", async () => {
    const work = database().tenant(randomUUID(), (tx) =>
      tx.query(
        "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$",
      ),
    );
    await expect(work).rejects.toMatchObject({ code: "service_unavailable", retryAfterSeconds: 1 });
  });

  it("fails where the work swallowed a failed statement, since nothing was stored", async () => {
    const tenantId = randomUUID();
    const work = database().tenant(tenantId, async (tx) => {
      await insertThread(tx, tenantId, randomUUID());
      await tx.query("SELECT 1/0").catch(() => {});
      return "fine";
    });
    expect(sqlState(await work.catch((error: unknown) => error))).toBe("25P02");
    expect(await countThreads(database(), tenantId)).toEqual([{ n: 0 }]);
  });

  it("commits with the last statement: what the work throws after it undoes nothing", async () => {
    const tenantId = randomUUID();
    const work = database().tenant(tenantId, async (tx) => {
      await insertThread(tx, tenantId, randomUUID());
      const rows = await tx.query("SELECT count(*) AS n FROM threads", [], { isLast: true });
      expect(rows).toEqual([{ n: 1 }]);
      throw new Error("too late");
    });
    await expect(work).rejects.toThrow("too late");
    expect(await countThreads(database(), tenantId)).toEqual([{ n: 1 }]);
  });

  it("refuses statements after the last one", async () => {
    const tenantId = randomUUID();
    const work = database().tenant(tenantId, async (tx) => {
      await tx.query("SELECT 1", [], { isLast: true });
      await insertThread(tx, tenantId, randomUUID());
    });
    await expect(work).rejects.toMatchObject({ code: "internal" });
    expect(await countThreads(database(), tenantId)).toEqual([{ n: 0 }]);
  });

  it("stores nothing where the last statement fails, also where the work swallows that", async () => {
    const tenantId = randomUUID();
    const work = database().tenant(tenantId, async (tx) => {
      await insertThread(tx, tenantId, randomUUID());
      await tx.query("SELECT 1/0", [], { isLast: true }).catch(() => {});
    });
    expect(sqlState(await work.catch((error: unknown) => error))).toBe("22012");
    expect(await countThreads(database(), tenantId)).toEqual([{ n: 0 }]);
    // The connection serves on.
    expect(await database().system((tx) => tx.query("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
  });

  it("stores where a savepoint caught the failed statement", async () => {
    const tenantId = randomUUID();
    await database().tenant(tenantId, async (tx) => {
      await insertThread(tx, tenantId, randomUUID());
      await tx.query("SAVEPOINT before");
      await tx.query("SELECT 1/0").catch(() => tx.query("ROLLBACK TO before"));
    });
    expect(await countThreads(database(), tenantId)).toEqual([{ n: 1 }]);
  });

  it("runs statements that were started at once one after the other", async () => {
    const warnings: string[] = [];
    const note = (warning: Error) => warnings.push(warning.message);
    process.on("warning", note);
    const rows = await database().system((tx) =>
      Promise.all([1, 2, 3].map((n) => tx.query("SELECT $1::int4 AS n", [n]))),
    );
    await nextTurn();
    process.off("warning", note);
    expect(rows).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
    // pg warns where it is handed a statement while another runs, and will refuse it.
    expect(warnings).toEqual([]);
  });

  it("keeps transactions apart that run at once: a failed one undoes its own writes only", async () => {
    const tenantId = randomUUID();
    const threadId = randomUUID();
    await database().tenant(tenantId, (tx) => insertThread(tx, tenantId, threadId));
    const increment = (index: number) =>
      database().tenant(tenantId, async (tx) => {
        await tx.query(
          "UPDATE threads SET metadata = jsonb_build_object('n', coalesce((metadata->>'n')::int, 0) + 1)",
        );
        if (index % 3 === 0) throw new Error("every third fails");
      });
    await Promise.allSettled(Array.from({ length: 30 }, (_, index) => increment(index)));
    const rows = await database().tenant(tenantId, (tx) =>
      tx.query("SELECT metadata FROM threads"),
    );
    expect(rows).toEqual([{ metadata: { n: 20 } }]);
  });

  it("repeats the work after a serialization failure, twice at most", async () => {
    const twice = failing(2);
    expect(await database().system(twice.work)).toBe("stored");
    expect(twice.attempts()).toBe(3);
    const always = failing(99);
    const error: unknown = await database()
      .system(always.work)
      .catch((reason: unknown) => reason);
    expect(sqlState(error)).toBe("40001");
    expect(always.attempts()).toBe(3);
  });

  it("refuses a transaction inside an open one, which is not harmed", async () => {
    const tenantId = randomUUID();
    const codes: unknown[] = [];
    const note = (error: unknown) => codes.push((error as { code?: unknown }).code);
    await database().tenant(tenantId, async (tx) => {
      await database()
        .tenant(tenantId, async () => {})
        .catch(note);
      await database()
        .system(async () => {})
        .catch(note);
      await insertThread(tx, tenantId, randomUUID());
    });
    expect(codes).toEqual(["nested_pool_use", "nested_pool_use"]);
    expect(await countThreads(database(), tenantId)).toEqual([{ n: 1 }]);
  });

  it("allows a transaction to what an ended one left running", async () => {
    const later = await database().system(async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const left = promise.then(() => database().system((tx) => tx.query("SELECT 1 AS n")));
      return { resolve, left };
    });
    later.resolve();
    expect(await later.left).toEqual([{ n: 1 }]);
  });

  it("refuses statements after the end: the connection may be another tenant's by then", async () => {
    const kept = await database().tenant(randomUUID(), async (tx) => tx);
    await expect(kept.query("SELECT 1")).rejects.toMatchObject({ code: "internal" });
    await expect(kept.orm.execute("SELECT 1")).rejects.toMatchObject({
      cause: { code: "internal" },
    });
  });
}
