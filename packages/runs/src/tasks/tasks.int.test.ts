import type { Json } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import { addTask, type NewTask } from "./add-task.ts";
import { claimTasks } from "./claim-tasks.ts";
import { ownedTasks, requeueForgottenTasks, requeueLapsedTasks } from "./requeue-tasks.ts";
import { saveTask, type Settlement, settleTask } from "./settle-task.ts";
import type { ClaimedTask } from "./task.ts";
import { wakeTask } from "./wake-task.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    await database().system((tx) => tx.query(`DELETE FROM tasks`));
    runs = await createRunsFixture(database());
  });

  async function add(task: Partial<NewTask> = {}): Promise<string> {
    const taskId = uuidv7();
    await database().tenant(runs.principal.tenantId, (tx) =>
      addTask(tx, { taskId, kind: "mail", payload: { to: "b" }, dueInSeconds: -1, ...task }),
    );
    return taskId;
  }
  async function addAsleep(): Promise<string> {
    const taskId = uuidv7();
    await database().tenant(runs.principal.tenantId, (tx) =>
      addTask(tx, { taskId, kind: "mail", payload: null }),
    );
    return taskId;
  }
  const claim = (owner: string, count = 10) =>
    claimTasks(database(), owner, { kinds: ["mail"], count });
  async function claimOne(owner?: string): Promise<ClaimedTask> {
    const [claimed] = await claim(owner ?? (await runs.worker()), 1);
    if (claimed === undefined) throw new Error("no task is due");
    return claimed;
  }
  const settle = (claimed: ClaimedTask, settlement: Settlement) =>
    settleTask(database(), claimed, settlement);
  const wake = (taskId: string, tenantId = runs.principal.tenantId) =>
    database().tenant(tenantId, (tx) => wakeTask(tx, { tenantId, taskId }));
  async function row(taskId: string): Promise<unknown> {
    const [found] = await database().system((tx) =>
      tx.query(
        `SELECT owner, attempts, last_error AS error, payload,
           CASE WHEN due_at = 'infinity' THEN NULL ELSE round(extract(epoch FROM due_at - now()))::int END AS due
         FROM tasks WHERE task_id = $1`,
        [taskId],
      ),
    );
    return found;
  }
  const lapse = (workerId: string) =>
    database().system((tx) =>
      tx.query(`UPDATE workers SET alive_until = now() - interval '1 ms' WHERE worker_id = $1`, [
        workerId,
      ]),
    );

  describe("claimTasks", () => {
    it("takes what is due of the kinds asked for, the most overdue first", async () => {
      await add({ kind: "other" });
      await add({ dueInSeconds: 60 });
      await addAsleep();
      const second = await add({ dueInSeconds: -1 });
      const first = await add({ dueInSeconds: -2, payload: ["a\u0000"] });
      const owner = await runs.worker();
      const claimed = [...(await claim(owner, 1)), ...(await claim(owner))];
      expect(claimed.map(({ fence }) => fence.taskId)).toEqual([first, second]);
      expect(claimed[0]).toEqual({
        fence: { tenantId: runs.principal.tenantId, taskId: first, epoch: 1, owner },
        kind: "mail",
        payload: ["a\u0000"],
        wakes: 0,
        attempts: 1,
        isExpired: false,
      });
      expect(await ownedTasks(database(), owner)).toEqual(
        new Map([
          [first, 1],
          [second, 1],
        ]),
      );
    });

    it("leaves the tasks of tenants alone that it is told to", async () => {
      await add();
      const claimed = await claimTasks(database(), await runs.worker(), {
        kinds: ["mail"],
        count: 10,
        withoutTenants: [runs.principal.tenantId, uuidv7()],
      });
      expect(claimed).toEqual([]);
      expect(await claim(await runs.worker())).toHaveLength(1);
    });

    it("gives each task to one of many that claim at the same time", async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => add()));
      const owner = await runs.worker();
      const claimed = await Promise.all(Array.from({ length: 10 }, () => claim(owner, 4)));
      const taken = claimed.flat().map(({ fence }) => fence.taskId);
      expect(taken.toSorted()).toEqual(ids.toSorted());
    });

    it("says where a task's time is over", async () => {
      await add({ expiresInSeconds: -1 });
      expect((await claimOne()).isExpired).toBe(true);
    });
  });

  describe("settleTask", () => {
    it("leaves nothing of one that is done", async () => {
      const taskId = await add();
      expect(await settle(await claimOne(), { kind: "done" })).toBe(true);
      expect(await row(taskId)).toBeUndefined();
    });

    it("lets one sleep until it is woken, its attempts counted anew", async () => {
      const taskId = await add();
      await settle(await claimOne(), { kind: "asleep" });
      expect(await row(taskId)).toMatchObject({ owner: null, attempts: 0, due: null });
      await wake(taskId);
      expect((await claimOne()).attempts).toBe(1);
    });

    it.each<Settlement>([
      { kind: "asleep" },
      { kind: "failed", error: "no", retryInSeconds: 3_600 },
      { kind: "put_off" },
    ])("forgets no wake that came meanwhile: $kind", async (settlement) => {
      const taskId = await add();
      const claimed = await claimOne();
      await wake(taskId);
      expect(await claim(await runs.worker())).toEqual([]);
      await settle(claimed, settlement);
      expect(await row(taskId)).toMatchObject({ due: 0 });
    });

    it("has one that failed tried again after its time, with its error", async () => {
      const taskId = await add();
      const error = `a\u0000${"b".repeat(3_000)}`;
      await settle(await claimOne(), { kind: "failed", error, retryInSeconds: 8 });
      expect(await row(taskId)).toMatchObject({
        owner: null,
        attempts: 1,
        error: `a${"b".repeat(1_999)}`,
        due: 8,
      });
    });

    it.each([
      { kind: "handed_back", due: 0 },
      { kind: "put_off", due: 5 },
    ] as const)("counts no attempt that was $kind: it is due in $due s", async ({ kind, due }) => {
      const taskId = await add();
      await settle(await claimOne(), { kind: "failed", error: "no", retryInSeconds: -1 });
      await settle(await claimOne(), { kind });
      expect(await row(taskId)).toMatchObject({ owner: null, attempts: 1, error: null, due });
    });

    it("changes nothing once somebody else has the task", async () => {
      const taskId = await add();
      const claimed = await claimOne();
      await runs.bury(claimed.fence.owner);
      await requeueLapsedTasks(database());
      const other = await claimOne();
      for (const kind of ["done", "asleep", "handed_back"] as const)
        expect(await settle(claimed, { kind })).toBe(false);
      expect(await saveTask(database(), claimed.fence, "late")).toBe(false);
      expect(await row(taskId)).toMatchObject({
        owner: other.fence.owner,
        payload: '{"to":"b"}',
      });
    });
  });

  it("keeps what an owner saves for the next", async () => {
    await add();
    const claimed = await claimOne();
    const done: Json = { after: "1-4" };
    expect(await saveTask(database(), claimed.fence, done)).toBe(true);
    await settle(claimed, { kind: "failed", error: "no", retryInSeconds: -1 });
    expect((await claimOne()).payload).toEqual(done);
  });

  it("gives tasks of dead owners to others, of living ones not", async () => {
    const [dead, alive] = [await runs.worker(), await runs.worker()];
    await add();
    const { fence } = await claimOne(dead);
    const living = await add();
    await claimOne(alive);
    expect(await requeueLapsedTasks(database())).toBe(0);
    await lapse(dead);
    expect(await requeueLapsedTasks(database())).toBe(1);
    expect(await row(fence.taskId)).toMatchObject({ owner: null, due: 0 });
    expect(await row(living)).toMatchObject({ owner: alive });
  });

  it("waits longer each time before a task begins that ends its workers", async () => {
    const taskId = await add();
    const pauses: unknown[] = [];
    for (let time = 0; time < 4; time += 1) {
      const { fence } = await claimOne();
      await runs.bury(fence.owner);
      await requeueLapsedTasks(database());
      pauses.push(await row(taskId));
      await database().system((tx) => tx.query(`UPDATE tasks SET due_at = now()`));
    }
    expect(pauses).toMatchObject([{ due: 0 }, { due: 1 }, { due: 3 }, { due: 7 }]);
    await database().system((tx) => tx.query(`UPDATE tasks SET attempts = 5000`));
    await claimOne();
    await lapse((await ownerOf(taskId)) ?? "");
    await requeueLapsedTasks(database());
    expect(await row(taskId)).toMatchObject({ due: 2_047 });
  });
  async function ownerOf(taskId: string): Promise<string | undefined> {
    const found = (await row(taskId)) as { owner: string } | undefined; // as `row` asks for it
    return found?.owner;
  }

  it("queues again what a living worker owns and is not at", async () => {
    const owner = await runs.worker();
    const ids = [await add(), await add(), await add()];
    await claim(owner);
    await database().system((tx) =>
      tx.query(`UPDATE tasks SET claimed_at = now() - interval '61 seconds' WHERE task_id <> $1`, [
        ids[2],
      ]),
    );
    await requeueForgottenTasks(database(), owner, [ids[1] ?? ""]);
    const owners = await Promise.all(ids.map(ownerOf));
    expect(owners).toEqual([null, owner, owner]);
  });

  it("is woken by its own tenant only", async () => {
    const taskId = await addAsleep();
    await wake(taskId, uuidv7());
    expect(await claim(await runs.worker())).toEqual([]);
    await wake(taskId);
    expect(await claim(await runs.worker())).toHaveLength(1);
  });
});
