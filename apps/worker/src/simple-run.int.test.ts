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

/** Two claims met at one run: the later one locked the row before it saw that. Nobody's cost, and rare. */
const LOST_CLAIM = "a claim that came too late";

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
      const result = await work({ ...tx, query, queryLast: query });
      const [row] = await tx.query<{ xid: string | null }>(
        `SELECT pg_current_xact_id_if_assigned()::text AS xid`,
      );
      const isLostClaim = result === undefined && first.includes("WITH candidate");
      if (row?.xid) transactions.push(isLostClaim ? LOST_CLAIM : first);
      return result;
    };
  return {
    ...db,
    tenant: (tenantId, work) => db.tenant(tenantId, counted(work)),
    system: (work) => db.system(counted(work)),
  };
}

const tally = (names: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
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
      Array.from({ length: 2 * RUNS }, () => ({ text: ["An ", "answer", "."] })),
    );
    const workers = await createWorkerFixture(
      { ...runs, context },
      {
        model,
        hints: adapters.hints,
      },
    );
    await workers.start({ slots: 10 });
    const admitAll = async () => {
      for (let n = 0; n < RUNS; n += 20)
        await Promise.all(
          Array.from({ length: 20 }, () =>
            admitRun(context, runs.principal, { input: "Hello", metadata: {}, bodyHash: "h" }),
          ),
        );
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

    const ofRuns = transactions.filter((text) => !text.includes("INSERT INTO workers"));
    const counted = {
      transactions: tally(ofRuns.map((text) => text.replace(/\s+/g, " ").slice(0, 60))),
      redis: tally(redis.commands),
    };
    process.stdout.write(`${RUNS} simple runs: ${JSON.stringify(counted)}\n`);
    const lostClaims = ofRuns.filter((text) => text === LOST_CLAIM).length;
    expect(ofRuns.length - lostClaims).toBeLessThanOrEqual(3 * RUNS);
    expect(lostClaims).toBeLessThanOrEqual(RUNS / 20);
    const busy = redis.commands.filter((name) => name !== "bzpopmin" && name !== "ping");
    expect(busy.length).toBeLessThanOrEqual(6 * RUNS);
    redis.close();
    await workers.stop();
    await adapters.close();
    await postgres.drop();
  },
);
