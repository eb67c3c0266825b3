import { systemClock } from "@llamaagent/core";
import type { Database, Tx } from "@llamaagent/db";
import { admitRun, redisAdapters, createRunsContext } from "@llamaagent/runs";
import { migratedPostgres } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { recordRedisCommands } from "@llamaagent/testing/services/redis-commands";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { uuidv7 } from "uuidv7";
import { expect, inject, it, vi } from "vitest";
import { createWorkerFixture } from "./test/worker-fixture.ts";

const RUNS = 200;
/** Admitted one after the other's end: none shares a commit with another. */
const LONE_RUNS = 20;

/** Names every transaction that got an id of its own, by its first statement. */
function countingDatabase(db: Database, transactions: string[]): Database {
  const counted =
    <T extends Tx, R>(work: (tx: T) => Promise<R>) =>
    async (tx: T): Promise<R> => {
      let first = "";
      const query = <Row extends object>(text: string, values?: readonly unknown[]) => {
        first ||= text;
        return tx.query<Row>(text, values);
      };
      // The last statement too leaves the transaction open: it is asked for its id.
      const result = await work({ ...tx, query });
      const [row] = await tx.query<{ xid: string | null }>(
        `SELECT pg_current_xact_id_if_assigned()::text AS xid`,
      );
      if (row?.xid) transactions.push(first);
      return result;
    };
  return {
    ...db,
    tenant: (tenantId, work) => db.tenant(tenantId, counted(work)),
    system: (work) => db.system(counted(work)),
  };
}

/** A worker's lease is nobody's run. */
const isOfRun = (text: string): boolean => !text.includes("INSERT INTO workers");
const tally = (texts: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const text of texts) {
    const name = text.replace(/\s+/g, " ").slice(0, 60);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

it.runIf(inject("databaseUrl") && inject("redisUrl"))(
  "a simple run costs at most 3 transactions with an id and 6 Redis commands",
  { timeout: 120_000 },
  async () => {
    const postgres = await migratedPostgres();
    const url = await testRedisUrl();
    const transactions: string[] = [];
    const db = countingDatabase(postgres.database, transactions);
    const runs = await createRunsFixture(db);
    const adapters = redisAdapters({ url, clock: systemClock, onError: () => {} });
    const context = createRunsContext({ db, ...adapters, clock: systemClock, newId: uuidv7 });
    const model = scriptedModel(
      Array.from({ length: 2 * RUNS + LONE_RUNS }, () => ({ text: ["An ", "answer", "."] })),
    );
    const workers = await createWorkerFixture(
      { ...runs, context },
      {
        model,
        hints: adapters.hints,
      },
    );
    await workers.start({ slots: 10 });
    const admit = () => admitRun(context, runs.principal, { input: "Hello", metadata: {} });
    const admitAll = async () => {
      for (let n = 0; n < RUNS; n += 20) await Promise.all(Array.from({ length: 20 }, admit));
    };
    const ended = (count: number) =>
      vi.waitFor(
        async () => {
          const [row] = await postgres.database.system((tx) =>
            tx.query(`SELECT count(*) AS ended FROM runs WHERE state = 'ended'`),
          );
          expect(row).toEqual({ ended: count });
        },
        { timeout: 60_000, interval: 100 },
      );

    // Once before, so that scripts are known and connections open.
    await admitAll();
    await ended(RUNS);
    const redis = await recordRedisCommands(url);
    transactions.length = 0;
    await admitAll();
    await ended(2 * RUNS);

    const together = transactions.splice(0).filter(isOfRun);
    const busy = redis.commands.filter((name) => name !== "bzpopmin" && name !== "ping");
    for (let n = 1; n <= LONE_RUNS; n += 1) {
      await admit();
      await ended(2 * RUNS + n);
    }
    const lone = transactions.filter(isOfRun);
    const counted = { transactions: tally(together), redis: tally(busy), lone: tally(lone) };
    process.stdout.write(`${RUNS} simple runs, ${LONE_RUNS} lone: ${JSON.stringify(counted)}\n`);
    expect(together.length).toBeLessThanOrEqual(3 * RUNS);
    expect(busy.length).toBeLessThanOrEqual(6 * RUNS);
    expect(lone.length).toBeLessThanOrEqual(3 * LONE_RUNS);
    redis.close();
    await workers.stop();
    await adapters.close();
    await postgres.drop();
  },
);
