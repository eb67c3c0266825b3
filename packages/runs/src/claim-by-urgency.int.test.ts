import { createAgent } from "@llamaagent/runs";
import { AgentDefinition } from "@llamaagent/core";
import { migratedPostgres, onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { admitRun } from "./admit-run.ts";
import { hasUrgentRuns } from "./claim-by-urgency.ts";
import { claimFirst } from "./claim-run.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  let workerId: string;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
    workerId = await runs.worker();
  });
  const admit = async (urgency: number) => (await runs.admit({ urgency })).run_id;
  const claim = async (priority: number, byUrgency = true) =>
    (await claimFirst(database(), workerId, { priority, byUrgency })).map(({ run }) => run.run_id);
  /** Of the queued runs of all tenants. */
  const ranks = async () =>
    (
      await database().system((tx) =>
        tx.query<{ priority: number }>(
          `SELECT priority FROM runs WHERE state = 'queued' ORDER BY tenant_id, priority`,
        ),
      )
    ).map(({ priority }) => priority);

  describe("a claim by urgency", () => {
    it("takes a tenant's most urgent first, and of those the oldest", async () => {
      const [a, b, c, d, e] = [
        await admit(0),
        await admit(5),
        await admit(-10),
        await admit(5),
        await admit(10),
      ];
      const claimed: string[] = [];
      for (let n = 0; n < 5; n += 1) claimed.push(...(await claim(1)));
      expect(claimed).toEqual([e, b, d, a, c]);
    });

    it("takes several at once, in any number", async () => {
      const [a, b, c, d] = [await admit(0), await admit(1), await admit(2), await admit(3)];
      expect((await claim(3)).toSorted()).toEqual([b, c, d].toSorted());
      expect(await claim(3)).toEqual([a]);
    });

    it("leaves each tenant the places that it has beside others", async () => {
      const other = { ...runs.principal, tenantId: uuidv7() };
      const definition = AgentDefinition.parse({ name: "default", model: "test/scripted" });
      await database().tenant(other.tenantId, (tx) =>
        createAgent(tx, { agentId: uuidv7(), definition }),
      );
      const theirs: string[] = [];
      for (let n = 0; n < 4; n += 1) {
        theirs.push((await admitRun(runs.context, other, { metadata: {} })).run.run_id);
        await admit(n + 1);
      }
      for (let n = 0; n < 4; n += 1) {
        const before = await ranks();
        const claimed = await claim(2);
        // One of each tenant, though all of one are urgent, its last ones most.
        expect(claimed.filter((id) => theirs.includes(id))).toEqual([theirs[n]]);
        expect(claimed).toHaveLength(2);
        // What is left has the ranks that were left.
        expect(await ranks()).toEqual(before.filter((rank) => rank !== Math.min(...before)));
      }
    });

    it("passes over what may not be claimed", async () => {
      const [a, b] = [await admit(0), await admit(10)];
      const strikes = await admit(20);
      await database().system((tx) =>
        tx.query(`UPDATE runs SET strikes = 2 WHERE run_id = $1`, [strikes]),
      );
      const claimed = await claimFirst(database(), workerId, {
        priority: 9,
        byUrgency: true,
        strikesBelow: 2,
      });
      expect(claimed.map(({ run }) => run.run_id).toSorted()).toEqual([a, b].toSorted());
    });

    it("and one by age share a statement, and no run twice", async () => {
      const [a, b, c] = [await admit(0), await admit(3), await admit(9)];
      const claimed = await claimFirst(database(), workerId, {
        age: 1,
        priority: 1,
        byUrgency: true,
      });
      expect(claimed.map(({ run }) => run.run_id).toSorted()).toEqual([a, c].toSorted());
      expect(await claim(5)).toEqual([b]);
    });
  });

  it("is asked for while somebody wants it", async () => {
    await admit(0);
    expect(await hasUrgentRuns(database())).toBe(false);
    const urgent = await admit(-1);
    expect(await hasUrgentRuns(database())).toBe(true);
    await claim(2);
    expect(await runs.row(urgent, "state")).toEqual({ state: "running" });
    expect(await hasUrgentRuns(database())).toBe(false);
  });
});

describe.runIf(inject("databaseUrl"))("a claim by urgency beside another, on Postgres", () => {
  it("passes over what the other has locked, the most urgent and the foremost", async () => {
    const postgres = await migratedPostgres();
    const { database } = postgres;
    const runs = await createRunsFixture(database);
    const ids: string[] = [];
    for (const urgency of [0, 1, 5, 10]) ids.push((await runs.admit({ urgency })).run_id);
    const [foremost, last, next, urgent] = ids;
    const locked = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const other = database.system(async (tx) => {
      await tx.query(`SELECT FROM runs WHERE run_id = ANY($1) FOR UPDATE`, [[foremost, urgent]]);
      locked.resolve();
      await over.promise;
    });
    await locked.promise;
    const workerId = await runs.worker();
    const claim = async () =>
      (await claimFirst(database, workerId, { priority: 1, byUrgency: true })).map(
        ({ run }) => run.run_id,
      );
    expect([await claim(), await claim(), await claim()]).toEqual([[next], [last], []]);
    over.resolve();
    await other;
    expect(await claim()).toEqual([urgent]);
    await postgres.drop();
  });
});
