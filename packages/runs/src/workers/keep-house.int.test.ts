import { AppError } from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import { migratedPostgres, onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { keepHouse } from "./keep-house.ts";

/** Attempts that were logged so long ago, their run and receiver whatever. */
const logDeliveries = (database: Database, count: number, age: string) =>
  database.system((tx) =>
    tx.query(
      `INSERT INTO webhook_deliveries (tenant_id, delivery_id, run_id, event_id, event_type, url, attempt, duration_ms, sent_at)
       SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '1-1', 'run.completed', '', n, 0, now() - $2::interval
       FROM generate_series(1, $1::int) AS n`,
      [count, age],
    ),
  );

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    await database().system((tx) => tx.query(`DELETE FROM webhook_deliveries`));
  });

  const deliveries = () =>
    database().system((tx) => tx.query(`SELECT attempt FROM webhook_deliveries`));

  /** A key and a worker that are past their time, and one of each that are not. */
  async function oldAndNew(): Promise<void> {
    await runs.admit({ idempotency: { key: "old", bodyHash: "hash" } });
    const workerId = await runs.worker();
    await runs.worker();
    await database().system(async (tx) => {
      await tx.query(`UPDATE idempotency_keys SET created_at = now() - interval '26 hours'`);
      await tx.query(
        `UPDATE workers SET alive_until = now() - interval '2 hours' WHERE worker_id = $1`,
        [workerId],
      );
    });
    await runs.admit({ idempotency: { key: "new", bodyHash: "hash" } });
  }
  const left = () =>
    database().system((tx) =>
      tx.query(`SELECT key FROM idempotency_keys UNION ALL SELECT 'worker' FROM workers`),
    );

  it("drops keys past their time and rows of workers long dead", async () => {
    await oldAndNew();
    await keepHouse(runs.context);
    expect(await left()).toEqual([{ key: "new" }, { key: "worker" }]);
  });

  /** The context, with a look at what every statement answers. */
  function watching(onAnswer: (text: string, rows: readonly object[]) => void) {
    const system: Database["system"] = (work) =>
      database().system((tx) => {
        const query: typeof tx.query = async (text, ...rest) => {
          const rows = await tx.query<never>(text, ...rest); // of whatever the statement has
          onAnswer(text, rows);
          return rows;
        };
        return work({ ...tx, query });
      });
    return { ...runs.context, db: { ...database(), system } };
  }

  it("drops deliveries after 30 days, those of a busy month in pieces", async () => {
    await logDeliveries(database(), 10_001, "30 days 1 minute");
    await logDeliveries(database(), 1, "29 days 23 hours");
    const pieces: object[] = [];
    await keepHouse(
      watching((text, rows) => {
        if (text.includes("webhook_deliveries")) pieces.push(...rows);
      }),
    );
    expect(await deliveries()).toEqual([{ attempt: 1 }]);
    expect(pieces).toEqual([{ deleted: 10_000 }, { deleted: 1 }]);
  });

  it.each(["ensure_run_partitions", "idempotency_keys", "webhook_deliveries", "blobs"])(
    "does the rest where its part with %s fails, and says what failed",
    async (part) => {
      await logDeliveries(database(), 1, "31 days");
      await oldAndNew();
      const fault = new AppError("service_unavailable");
      const kept = keepHouse(
        watching((text) => {
          if (text.includes(part)) throw fault;
        }),
      );
      await expect(kept).rejects.toMatchObject({ errors: [fault] });
      expect(await deliveries()).toHaveLength(part === "webhook_deliveries" ? 1 : 0);
      expect(await left()).toHaveLength(part === "idempotency_keys" ? 3 : 2);
    },
  );
});

describe.runIf(inject("databaseUrl"))("housekeeping beside others, on Postgres", () => {
  it("leaves an old key that is just taken anew, and waits for nobody", async () => {
    const postgres = await migratedPostgres();
    const { database } = postgres;
    const runs = await createRunsFixture(database);
    await runs.admit({ idempotency: { key: "old", bodyHash: "hash" } });
    await database.system((tx) =>
      tx.query(`UPDATE idempotency_keys SET created_at = now() - interval '26 hours'`),
    );
    const taken = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const admission = database.system(async (tx) => {
      await tx.query(`UPDATE idempotency_keys SET created_at = now()`);
      taken.resolve();
      await over.promise;
    });
    await taken.promise;
    await keepHouse(runs.context);
    over.resolve();
    await admission;
    const keys = await database.system((tx) => tx.query(`SELECT key FROM idempotency_keys`));
    expect(keys).toEqual([{ key: "old" }]);
    await postgres.drop();
  });
});
