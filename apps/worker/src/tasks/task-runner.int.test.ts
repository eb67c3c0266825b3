import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "@llamaagent/core";
import { createLogger } from "@llamaagent/observability";
import { addTask, requeueLapsedTasks, wakeTask } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createWorkerFixture, type WorkerFixture } from "../test/worker-fixture.ts";
import type { TaskHandler, TaskHelpers } from "./task-handler.ts";
import { createTaskRunner } from "./task-runner.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  let workers: WorkerFixture;
  beforeEach(async () => {
    await database().system((tx) => tx.query(`DELETE FROM tasks`));
    runs = await createRunsFixture(database());
    workers = await createWorkerFixture(runs, { model: scriptedModel([]) });
  });
  afterEach(() => workers.stop());

  async function add(
    task: Partial<Parameters<typeof addTask>[1]> = {},
    tenantId = runs.principal.tenantId,
  ): Promise<string> {
    const taskId = uuidv7();
    await database().tenant(tenantId, (tx) =>
      addTask(tx, { taskId, kind: "mail", payload: 1, dueInSeconds: 0, ...task }),
    );
    return taskId;
  }
  const tasks = () =>
    database().system((tx) =>
      tx.query<{
        task_id: string;
        owner: string | null;
        attempts: number;
        last_error: string | null;
        payload: string;
      }>(`SELECT task_id, owner, attempts, last_error, payload FROM tasks`),
    );
  const noneLeft = () => vi.waitFor(async () => expect(await tasks()).toEqual([]), 10_000);

  /** A runner without the worker around it, whose lease and times are the test's. */
  function runner(workerId: string, mail: TaskHandler) {
    const stopping = new AbortController();
    const lease = { isValid: () => true, mayTakeOver: () => true };
    const created = createTaskRunner({
      db: database(),
      workerId,
      lease,
      handlers: { mail },
      random: () => 0.5,
      logger: createLogger({ level: "silent" }),
      stopping: stopping.signal,
    });
    return Object.assign(created, { lease, stopping });
  }

  it("a worker does what is due, and again what is woken", async () => {
    const done: Json[] = [];
    const mail: TaskHandler = async (payload) => {
      done.push(payload);
      return done.length < 2 ? "asleep" : "done";
    };
    await workers.start({ taskHandlers: { mail } });
    const taskId = await add({ payload: { to: "b" } });
    await vi.waitFor(async () => expect(await tasks()).toMatchObject([{ owner: null }]), 10_000);
    await vi.waitFor(() => expect(done).toEqual([{ to: "b" }]), 10_000);
    const { tenantId } = runs.principal;
    await database().tenant(tenantId, (tx) => wakeTask(tx, { tenantId, taskId }));
    await noneLeft();
    expect(done).toEqual([{ to: "b" }, { to: "b" }]);
  });

  it("workers share many tasks, each done by one of them", async () => {
    const done: string[] = [];
    const mail: TaskHandler = async (_payload, { taskId }) => {
      done.push(taskId);
      await sleep(5);
      return "done";
    };
    const ids = await Promise.all(Array.from({ length: 40 }, () => add()));
    const both = [await runs.worker(), await runs.worker()].map((id) => runner(id, mail));
    await Promise.all(both.map((one) => one.claimDue()));
    await noneLeft();
    expect(done.toSorted()).toEqual(ids.toSorted());
  });

  it("one tenant's tasks that do not end leave others their places", async () => {
    const [dead, other] = [uuidv7(), uuidv7()];
    const ended: string[] = [];
    const one = runner(await runs.worker(), (_payload, { tenantId, signal }) => {
      const outcome = Promise.withResolvers<"done">();
      if (tenantId === other) outcome.resolve("done");
      else signal.addEventListener("abort", () => outcome.reject(signal.reason as Error));
      return outcome.promise.finally(() => ended.push(tenantId));
    });
    for (let n = 0; n < 50; n += 1) await add({ dueInSeconds: -60 }, dead);
    const owned = async () => (await tasks()).filter(({ owner }) => owner !== null).length;
    await one.claimDue();
    expect(await owned()).toBe(8);
    for (let n = 0; n < 20; n += 1) await add({}, other);
    await one.claimDue();
    await vi.waitFor(async () => expect(await tasks()).toHaveLength(50), 10_000);
    expect(new Set(ended)).toEqual(new Set([other]));
    await one.claimDue();
    expect(await owned()).toBe(8);
    one.handBack();
    one.stopping.abort();
    await one.settled();
  });

  it("one claim takes all that there is room for", async () => {
    const release = Promise.withResolvers<"done">();
    let begun = 0;
    const one = runner(await runs.worker(), () => {
      begun += 1;
      return release.promise;
    });
    for (let n = 0; n < 17; n += 1) await add({}, uuidv7());
    await one.claimDue();
    expect(begun).toBe(16);
    one.stopping.abort();
    release.resolve("done");
    await one.settled();
  });

  it("where all places are taken the next is for a tenant that has none", async () => {
    const [first, second, third] = [uuidv7(), uuidv7(), uuidv7()];
    const begun: string[] = [];
    const releases: (() => void)[] = [];
    const one = runner(await runs.worker(), (_payload, { tenantId }) => {
      begun.push(tenantId);
      const outcome = Promise.withResolvers<"done">();
      releases.push(() => outcome.resolve("done"));
      return outcome.promise;
    });
    for (const tenantId of [first, second])
      for (let n = 0; n < 12; n += 1) await add({ dueInSeconds: -60 }, tenantId);
    await one.claimDue();
    expect(begun.filter((id) => id === first)).toHaveLength(8);
    expect(begun.filter((id) => id === second)).toHaveLength(8);
    await add({}, third);
    await one.claimDue();
    expect(begun).toHaveLength(16);
    releases[0]?.();
    await vi.waitFor(() => expect(begun).toHaveLength(17), 10_000);
    expect(begun[16]).toBe(third);
    one.stopping.abort();
    for (const release of releases) release();
    await one.settled();
  });

  it("one that fails is tried again with what it saved, its attempts counted", async () => {
    const seen: [Json, number][] = [];
    const mail: TaskHandler = async (payload, { attempt, save }) => {
      seen.push([payload, attempt]);
      if (attempt === 3) return "done";
      await save(attempt + 100);
      throw new Error("refused");
    };
    await add();
    const one = runner(await runs.worker(), mail);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await database().system((tx) => tx.query(`UPDATE tasks SET due_at = now()`));
      await one.claimDue();
      await one.settled();
      if (attempt < 3)
        expect(await tasks()).toMatchObject([{ attempts: attempt, last_error: "refused" }]);
    }
    expect(seen).toEqual([
      [1, 1],
      [101, 2],
      [102, 3],
    ]);
    expect(await tasks()).toEqual([]);
  });

  it("one that fails once its time is over is given up", async () => {
    const last: boolean[] = [];
    const one = runner(await runs.worker(), async (_payload, { isLast }) => {
      last.push(isLast);
      throw new Error("refused");
    });
    await add({ expiresInSeconds: -1 });
    await one.claimDue();
    await one.settled();
    expect([last, await tasks()]).toEqual([[true], []]);
  });

  it("what a dead worker had is done by another, and the dead one can do nothing more", async () => {
    const helpers: TaskHelpers[] = [];
    const release = Promise.withResolvers<void>();
    const frozen: TaskHandler = async (_payload, given) => {
      helpers.push(given);
      await release.promise;
      given.assertOwned();
      return "done";
    };
    const dead = await runs.worker();
    const first = runner(dead, frozen);
    await add();
    await first.claimDue();
    await runs.bury(dead);
    const done: string[] = [];
    const second = runner(await runs.worker(), async (_payload, { taskId }) => {
      done.push(taskId);
      return "asleep";
    });
    await second.sweep();
    await second.claimDue();
    await second.settled();
    expect(done).toHaveLength(1);
    await expect(helpers[0]?.save("late")).rejects.toThrow();
    await first.dropLost();
    expect(helpers[0]?.signal.aborted).toBe(true);
    expect(() => helpers[0]?.assertOwned()).toThrow();
    release.resolve();
    await first.settled();
    expect(await tasks()).toMatchObject([{ owner: null, attempts: 0, payload: "1" }]);
  });

  it("nothing is claimed, sent or taken over while the lease is over", async () => {
    const { promise: gate, resolve } = Promise.withResolvers<void>();
    let isSent = false;
    const one = runner(await runs.worker(), async (_payload, { assertOwned }) => {
      await gate;
      assertOwned();
      isSent = true;
      return "done";
    });
    await add();
    await one.claimDue();
    one.lease.isValid = () => false;
    one.lease.mayTakeOver = () => false;
    const dead = await runs.worker();
    const theirs = await add();
    await database().system((tx) =>
      tx.query(`UPDATE tasks SET owner = $1, claimed_at = now() WHERE task_id = $2`, [
        dead,
        theirs,
      ]),
    );
    await runs.bury(dead);
    await one.sweep();
    resolve();
    await one.settled();
    await one.claimDue();
    expect(isSent).toBe(false);
    const owners = await tasks();
    expect(owners).toMatchObject([{ owner: dead }, { owner: null, attempts: 0 }]);
    expect(await requeueLapsedTasks(database())).toBe(1);
  });

  it("a worker that stops claims nothing more, and hands back what does not end", async () => {
    const one = runner(
      await runs.worker(),
      (_payload, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    );
    await add();
    await one.claimDue();
    one.stopping.abort();
    await add();
    await one.claimDue();
    one.handBack();
    await one.settled();
    expect(await tasks()).toMatchObject([
      { owner: null, attempts: 0 },
      { owner: null, attempts: 0 },
    ]);
  });

  it("what it claims while it is told to stop is handed back", async () => {
    const one = runner(await runs.worker(), async (_payload, { signal }) => {
      await sleep(0);
      signal.throwIfAborted();
      return "done";
    });
    await add();
    const claiming = one.claimDue();
    one.stopping.abort();
    await claiming;
    await one.settled();
    expect(await tasks()).toMatchObject([{ owner: null, attempts: 0 }]);
  });
});
