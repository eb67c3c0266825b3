import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { createAgentReader } from "./agents/agent-reader.ts";
import { type ClaimedRun, claimFirst } from "./claim-run.ts";
import { sweepRuns } from "./workers/sweep.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database(), {
      instructions: "Be brief",
      limits: { timeout_seconds: 60 },
    });
  });

  const claimOne = async (workerId: string, by: "priority" | "age") =>
    (await claimFirst(database(), workerId, { [by]: 1 }))[0];

  it("claims the first and the oldest of the queue in one commit, none of them twice", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await runs.admit()).run_id);
    await database().system((tx) =>
      tx.query(`UPDATE runs SET priority = 9 WHERE run_id = ANY($1)`, [ids.slice(0, 2)]),
    );
    const claimed = await claimFirst(database(), await runs.worker(), { age: 1, priority: 2 });
    const [, second, third, fourth] = ids;
    expect(claimed.map(({ run }) => run.run_id).toSorted()).toEqual([ids[0], third, fourth]);
    expect(await runs.row(second ?? "", "state")).toEqual({ state: "queued" });
  });

  it("claims as many where the oldest are the first too", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await runs.admit()).run_id);
    await database().system((tx) => tx.query(`UPDATE runs SET priority = 1`));
    const claimed = await claimFirst(database(), await runs.worker(), { age: 2, priority: 2 });
    expect(claimed.map(({ run }) => run.run_id).toSorted()).toEqual(ids.slice(0, 4));
  });

  it("claims the first of the queue, each once, and what there is where it holds fewer", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await runs.admit()).run_id);
    const workerId = await runs.worker();
    const first = await claimFirst(database(), workerId, { priority: 2 });
    const rest = await claimFirst(database(), workerId, { priority: 2 });
    const idsOf = (claimed: ClaimedRun[]) => claimed.map(({ run }) => run.run_id).toSorted();
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    expect(idsOf(rest)).toEqual(ids.slice(2));
  });

  describe("a claim", () => {
    it("makes the worker the owner, raises the epoch and gives all that a run needs", async () => {
      const { run_id: runId } = await runs.admit({ input: "Hi" });
      const workerId = await runs.worker();
      const claimed = await claimOne(workerId, "priority");
      expect(claimed).toMatchObject({
        fence: { tenantId: runs.principal.tenantId, runId, epoch: 1, owner: workerId },
        run: { run_id: runId, state: "running", input: "Hi", started_at: expect.any(String) },
        history: [],
        cancelRequested: false,
      });
      expect(createAgentReader()(claimed ?? { definition: "" })).toMatchObject({
        name: "default",
        instructions: "Be brief",
      });
      expect(claimed?.secondsLeft).toBeGreaterThan(55);
      expect(claimed?.secondsLeft).toBeLessThanOrEqual(60);
      expect(
        await runs.row(runId, "hint_due_at, look_at - deadline_at = interval '5 s' AS late"),
      ).toEqual({
        hint_due_at: null,
        late: true,
      });
    });

    it("gives a run to one of many that ask at once", async () => {
      const { run_id: runId } = await runs.admit();
      const workers = await Promise.all(Array.from({ length: 10 }, () => runs.worker()));
      const claimed = await Promise.all(workers.map((id) => claimOne(id, "priority")));
      expect(claimed.filter((one) => one !== undefined)).toHaveLength(1);
      expect(await runs.row(runId, "epoch")).toEqual({ epoch: 1 });
    });

    it("gives different runs to claimers that ask for any", async () => {
      for (let n = 0; n < 6; n++) await runs.admit();
      const workers = await Promise.all(Array.from({ length: 6 }, () => runs.worker()));
      const claimed = await Promise.all(workers.map((id) => claimOne(id, "priority")));
      expect(new Set(claimed.map((one) => one?.run.run_id)).size).toBe(6);
      expect(await claimOne(workers[0] ?? "", "priority")).toBeUndefined();
    });

    it("takes the first by priority, then by age; or the oldest", async () => {
      const [a, b, c] = [await runs.admit(), await runs.admit(), await runs.admit()];
      await database().system((tx) =>
        tx.query(`UPDATE runs SET priority = CASE run_id WHEN $1 THEN 9 ELSE 2 END`, [a.run_id]),
      );
      const workerId = await runs.worker();
      const next = async (by: "priority" | "age") => (await claimOne(workerId, by))?.run.run_id;
      expect(await next("priority")).toBe(b.run_id);
      expect(await next("age")).toBe(a.run_id);
      expect(await next("priority")).toBe(c.run_id);
    });

    it("leaves a blocked run alone", async () => {
      const threadId = await runs.thread();
      const first = await runs.admit({ threadId });
      await runs.admit({ threadId });
      const workerId = await runs.worker();
      expect((await claimOne(workerId, "age"))?.run.run_id).toBe(first.run_id);
      expect(await claimOne(workerId, "age")).toBeUndefined();
      expect(await claimOne(workerId, "priority")).toBeUndefined();
    });

    it("leaves a run alone that another worker owns", async () => {
      await runs.claimed();
      expect(await claimOne(await runs.worker(), "age")).toBeUndefined();
    });

    it("sees a cancellation that came while nobody owned the run", async () => {
      const { run, fence } = await runs.claimed();
      await database().system((tx) =>
        tx.query(`UPDATE runs SET cancel_requested_at = now() WHERE run_id = $1`, [run.run_id]),
      );
      await runs.bury(fence.owner);
      await sweepRuns(runs.context, { mayTakeOver: true });
      const again = await claimOne(await runs.worker(), "age");
      expect(again).toMatchObject({ fence: { epoch: 2 }, cancelRequested: true });
    });

    it("keeps the deadline of the first claim", async () => {
      const { run, fence } = await runs.claimed();
      await database().system((tx) =>
        tx.query(`UPDATE runs SET deadline_at = now() + interval '7 s' WHERE run_id = $1`, [
          run.run_id,
        ]),
      );
      await runs.bury(fence.owner);
      await sweepRuns(runs.context, { mayTakeOver: true });
      const again = await claimOne(await runs.worker(), "age");
      expect(again?.secondsLeft).toBeLessThanOrEqual(7);
      expect(await runs.row(run.run_id, "look_at - deadline_at = interval '5 s' AS late")).toEqual({
        late: true,
      });
    });

    it("leaves runs of an agent's version to others where it is asked to", async () => {
      const { run_id: left, agent_id: agentId, agent_version: version } = await runs.admit();
      const { run_id: other } = await runs.admit();
      await database().system((tx) =>
        tx.query(`UPDATE runs SET agent_version = 2 WHERE run_id = $1`, [other]),
      );
      const workerId = await runs.worker();
      const without = [
        { agentId, version },
        { agentId: runs.principal.tenantId, version: 2 },
      ];
      const claim = async (by: "age" | "priority") =>
        (await claimFirst(database(), workerId, { [by]: 2, strikesBelow: 2, without })).map(
          ({ run }) => run.run_id,
        );
      expect(await claim("age")).toEqual([other]);
      expect(await claim("priority")).toEqual([]);
      expect(await runs.row(left, "state")).toEqual({ state: "queued" });
    });

    it("leaves runs with too many strikes to others where it is asked to", async () => {
      const { run_id: struck } = await runs.admit();
      const { run_id: other } = await runs.admit();
      const set = `UPDATE runs SET strikes = 2, priority = 0 WHERE run_id = $1`;
      await database().system((tx) => tx.query(set, [struck]));
      const claim = (strikesBelow?: number) =>
        claimFirst(database(), owner, { priority: 1, strikesBelow });
      const owner = await runs.worker();
      expect((await claim(2)).map(({ run }) => run.run_id)).toEqual([other]);
      expect(await claim(2)).toEqual([]);
      expect((await claim()).map(({ run }) => run.run_id)).toEqual([struck]);
    });

    it("cuts a long thread before a user's message, never between a call and its answer", async () => {
      const threadId = await runs.thread();
      await database().system((tx) =>
        // Turns of three: a question, a call, the tool's answer; the 500 newest begin within one.
        tx.query(
          `INSERT INTO messages (tenant_id, thread_id, seq, run_id, message_id, role, content)
           SELECT $1, $2, n, $2, 'm' || n, (ARRAY['tool', 'user', 'assistant'])[n % 3 + 1], '"x"'
           FROM generate_series(1, 600) AS n`,
          [runs.principal.tenantId, threadId],
        ),
      );
      const { history } = await runs.claimed({ threadId });
      expect(history).toHaveLength(498);
      expect(history[0]).toEqual({ id: "m103", role: "user", content: "x" });
    });

    it.each([
      { more: "NULL", ids: ["m3", "m4", "m5", "m6"] },
      { more: `'{"a":"' || repeat('x', 999992) || '"}'`, ids: ["m5", "m6"] },
    ])("gives at most 4 million characters of the thread: $ids", async ({ more, ids }) => {
      const threadId = await runs.thread();
      await database().system((tx) =>
        tx.query(
          `INSERT INTO messages (tenant_id, thread_id, seq, run_id, message_id, role, content, metadata)
           SELECT $1, $2, n, $2, 'm' || n, 'user', to_json(repeat('x', 999998))::text, ${more} FROM generate_series(1, 6) AS n`,
          [runs.principal.tenantId, threadId],
        ),
      );
      const { history } = await runs.claimed({ threadId });
      expect(history.map(({ id }) => id)).toEqual(ids);
    });

    it("gives the newest 500 messages of the thread, oldest first", async () => {
      const threadId = await runs.thread();
      await database().system((tx) =>
        tx.query(
          `INSERT INTO messages (tenant_id, thread_id, seq, run_id, message_id, role, content, tool_calls)
           SELECT $1, $2, n, $2, 'm' || n, 'user', to_json('text ' || n)::text,
             CASE WHEN n = 502 THEN '[{"id":"c","name":"t","arguments":"\\u0000"}]' END
           FROM generate_series(1, 502) AS n`,
          [runs.principal.tenantId, threadId],
        ),
      );
      const { history } = await runs.claimed({ threadId });
      expect(history).toHaveLength(500);
      expect(history[0]).toEqual({ id: "m3", role: "user", content: "text 3" });
      expect(history.at(-1)).toEqual({
        id: "m502",
        role: "user",
        content: "text 502",
        tool_calls: [{ id: "c", name: "t", arguments: "\u0000" }],
      });
    });
  });
});
