import type { JsonObject } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import type { AdmitRun } from "../new-run.ts";
import { keepHouse } from "../workers/sweep.ts";
import { createSchedule } from "./create-schedule.ts";
import { deleteSchedule } from "./delete-schedule.ts";
import { findSchedule } from "./find-schedule.ts";
import { fireSchedule } from "./fire-schedule.ts";
import { listFirings } from "./list-firings.ts";
import type { Schedule, ScheduleDefinition } from "./schedule.ts";
import { createScheduler } from "./scheduler.ts";
import { updateSchedule } from "./update-schedule.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    await database().system(async (tx) => {
      for (const table of ["schedules", "schedule_firings"]) await tx.query(`DELETE FROM ${table}`);
    });
    runs = await createRunsFixture(database());
  });
  const inTenant: ReturnType<typeof database>["tenant"] = (tenantId, work) =>
    database().tenant(tenantId, work);
  const trial = () => ({ runId: uuidv7(), at: new Date() });
  /** Of one moment, which tests make due: no other is near. */
  const plain: ScheduleDefinition = {
    cron: "0 0 1 1 *",
    timezone: "UTC",
    missed: "all",
    enabled: true,
    run: {},
    metadata: {},
  };

  function create(
    definition: Partial<ScheduleDefinition> = {},
    request: Partial<AdmitRun> = {},
  ): Promise<Schedule> {
    const { principal } = runs;
    return inTenant(principal.tenantId, (tx) =>
      createSchedule(tx, {
        scheduleId: uuidv7(),
        principal,
        definition: { ...plain, ...definition },
        admission: { input: "Good morning", metadata: {}, ...request },
        trial: trial(),
      }),
    );
  }
  /** As after so long without any worker: from the nearest moment of the timetable on. */
  async function dueSince(schedule: Schedule, ago: string): Promise<void> {
    await database().system((tx) =>
      tx.query(
        `UPDATE schedules SET next_due_at = date_trunc('second', now() - $2::interval) WHERE schedule_id = $1`,
        [schedule.schedule_id, ago],
      ),
    );
  }
  const keyOf = ({ schedule_id: scheduleId }: Schedule) => ({
    tenantId: runs.principal.tenantId,
    scheduleId,
  });
  const fire = (schedule: Schedule) => fireSchedule(runs.context, keyOf(schedule));
  const firings = (schedule: Schedule) =>
    inTenant(runs.principal.tenantId, (tx) =>
      listFirings(tx, schedule.schedule_id, { limit: 500 }),
    );
  const find = (schedule: Schedule) =>
    inTenant(runs.principal.tenantId, (tx) => findSchedule(tx, schedule.schedule_id));
  const countRuns = () =>
    database().system(async (tx) => {
      const rows = await tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM runs`);
      return rows[0]?.n;
    });

  describe("fireSchedule", () => {
    it("starts the run, logs it, and hints it, once", async () => {
      const metadata: JsonObject = { kind: "report" };
      const schedule = await create({}, { metadata });
      await dueSince(schedule, "30 seconds");
      expect(await fire(schedule)).toBe(true);
      const [firing, ...others] = await firings(schedule);
      expect(others).toEqual([]);
      expect(firing).toMatchObject({ outcome: "started", run_id: expect.any(String) });
      const { run_id: runId = "" } = firing ?? {};
      expect(await runs.row(runId, "subject, state, input, metadata")).toEqual({
        subject: "tester",
        state: "queued",
        input: '"Good morning"',
        metadata,
      });
      expect(runs.hints.map((hint) => hint.runId)).toEqual([runId]);
      expect(await fire(schedule)).toBe(false);
      expect(await countRuns()).toBe(1);
      expect(Date.parse((await find(schedule)).next_firings[0] ?? "")).toBeGreaterThan(Date.now());
    });

    it("does so once also where many try at the same time", async () => {
      const schedule = await create({ cron: "* * * * * *" });
      await dueSince(schedule, "20 seconds");
      const tried = await Promise.all(Array.from({ length: 8 }, () => fire(schedule)));
      expect(tried.filter(Boolean).length).toBeGreaterThan(0);
      const logged = await firings(schedule);
      expect(logged.length).toBeGreaterThanOrEqual(21);
      expect(new Set(logged.map(({ due_at: dueAt }) => dueAt)).size).toBe(logged.length);
      expect(await countRuns()).toBe(logged.length);
    });

    it("leaves nothing where it breaks off, and fires at the next look", async () => {
      const schedule = await create();
      await dueSince(schedule, "1 second");
      let ids = 0;
      const newId = (): string => {
        ids += 1;
        throw new Error("killed");
      };
      await expect(fireSchedule({ ...runs.context, newId }, keyOf(schedule))).rejects.toThrow(
        "killed",
      );
      expect([ids, await countRuns(), await firings(schedule)]).toEqual([1, 0, []]);
      expect(await fire(schedule)).toBe(true);
      expect(await countRuns()).toBe(1);
    });

    it("does not fire again where only the answer of the commit was lost", async () => {
      const schedule = await create();
      await dueSince(schedule, "1 second");
      const db: ReturnType<typeof database> = {
        ...database(),
        async tenant(tenantId, work) {
          await database().tenant(tenantId, work);
          throw new Error("cut");
        },
      };
      await expect(fireSchedule({ ...runs.context, db }, keyOf(schedule))).rejects.toThrow("cut");
      expect(await fire(schedule)).toBe(false);
      expect(await countRuns()).toBe(1);
    });

    it("fires no moment again that is in the log, though it is due", async () => {
      const schedule = await create({ cron: "* * * * * *" });
      await dueSince(schedule, "5 seconds");
      await fire(schedule);
      const before = await firings(schedule);
      await dueSince(schedule, "5 seconds");
      await fire(schedule);
      const after = await firings(schedule);
      expect(await countRuns()).toBe(after.length);
      expect(after.slice(-before.length)).toEqual(before);
    });

    it.each([
      ["all", 601],
      ["one", 1],
      ["skip", 1],
    ] as const)("after ten minutes without a worker, '%s'", async (missed, atLeast) => {
      const schedule = await create({ cron: "* * * * * *", missed });
      await dueSince(schedule, "10 minutes");
      const scheduler = createScheduler(runs.context, { mayFire: () => true });
      await scheduler.fireDue();
      const logged = await firings(schedule);
      const count = (await countRuns()) ?? 0;
      expect(count).toBeGreaterThanOrEqual(atLeast);
      expect(count).toBeLessThan(atLeast + 60);
      expect(logged.every(({ outcome }) => outcome === "started")).toBe(true);
      expect(scheduler.nextInMs).toBeLessThanOrEqual(1_000);
    });

    it("logs one entry for all that it gave up, and starts nothing", async () => {
      const schedule = await create({ cron: "0 0 1 1 *", missed: "skip" });
      await dueSince(schedule, "10 minutes");
      await fire(schedule);
      expect(await firings(schedule)).toMatchObject([{ outcome: "missed" }]);
      expect(await countRuns()).toBe(0);
    });

    it("logs what was refused, leaves nothing of it, and goes on", async () => {
      const threadId = await runs.thread();
      const schedule = await create({}, { threadId });
      await inTenant(runs.principal.tenantId, (tx) =>
        tx.query(`UPDATE agents SET deleted_at = now() WHERE name = 'default'`),
      );
      await dueSince(schedule, "1 second");
      expect(await fire(schedule)).toBe(true);
      expect(await firings(schedule)).toMatchObject([
        { outcome: "refused", error: { code: "not_found", errors: [{ pointer: "/agent_id" }] } },
      ]);
      expect(await countRuns()).toBe(0);
      const [thread] = await inTenant(runs.principal.tenantId, (tx) =>
        tx.query(`SELECT status, active_run_id FROM threads WHERE thread_id = $1`, [threadId]),
      );
      expect(thread).toEqual({ status: "idle", active_run_id: null });
      expect(await fire(schedule)).toBe(false);
    });

    it("gives the runs of a thread their turns", async () => {
      const threadId = await runs.thread();
      const schedule = await create({ cron: "* * * * * *" }, { threadId });
      await dueSince(schedule, "2 seconds");
      await fire(schedule);
      const logged = await firings(schedule);
      const blocked = await Promise.all(
        logged.toReversed().map(({ run_id: runId = "" }) => runs.row(runId, "blocked")),
      );
      expect(blocked.map((row) => row["blocked"])).toEqual([
        false,
        ...Array.from({ length: logged.length - 1 }, () => true),
      ]);
      expect(runs.hints).toHaveLength(1);
    });

    it("leaves it to whoever holds its row, and a change waits for a firing", async ({ skip }) => {
      skip(database().driver === "pglite", "one session: nobody holds a row meanwhile");
      const schedule = await create();
      await dueSince(schedule, "1 second");
      const { promise: held, resolve: hold } = Promise.withResolvers<void>();
      const { promise: over, resolve: letGo } = Promise.withResolvers<void>();
      const holder = inTenant(runs.principal.tenantId, async (tx) => {
        await tx.query(`SELECT 1 FROM schedules WHERE schedule_id = $1 FOR UPDATE`, [
          schedule.schedule_id,
        ]);
        hold();
        await over;
      });
      await held;
      expect(await fire(schedule)).toBe(false);
      let isChanged = false;
      const changing = update(schedule, { cron: "0 0 2 1 *" }).then((changed) => {
        isChanged = true;
        return changed;
      });
      expect(await fire(schedule)).toBe(false);
      expect(isChanged).toBe(false);
      letGo();
      await holder;
      expect((await changing).cron).toBe("0 0 2 1 *");
      // Of the old timetable nothing is due any more.
      expect(await fire(schedule)).toBe(false);
    });
  });

  function update(schedule: Schedule, changes: Partial<ScheduleDefinition>): Promise<Schedule> {
    const { principal } = runs;
    return inTenant(principal.tenantId, (tx) =>
      updateSchedule(tx, {
        scheduleId: schedule.schedule_id,
        principal,
        trial: trial(),
        change: (current) => ({
          definition: { ...current, ...changes },
          ...(changes.run && { admission: { metadata: {} } }),
        }),
      }),
    );
  }

  describe("updateSchedule", () => {
    it("keeps what is due where the timetable stays", async () => {
      const schedule = await create();
      await dueSince(schedule, "30 seconds");
      await update(schedule, { name: "another" });
      expect(await fire(schedule)).toBe(true);
    });

    it("fires nothing while it is disabled, and from then on once it is enabled again", async () => {
      const schedule = await create({ cron: "* * * * * *" });
      await dueSince(schedule, "30 seconds");
      expect((await update(schedule, { enabled: false })).next_firings).toEqual([]);
      expect(await fire(schedule)).toBe(false);
      const enabled = await update(schedule, { enabled: true });
      expect(enabled.next_firings).toHaveLength(5);
      expect(await fire(schedule)).toBe(false);
      expect(await countRuns()).toBe(0);
    });

    it("tries out a run only where it changes", async () => {
      const schedule = await create();
      await inTenant(runs.principal.tenantId, (tx) =>
        tx.query(`UPDATE agents SET deleted_at = now() WHERE name = 'default'`),
      );
      await update(schedule, { enabled: false });
      await expect(update(schedule, { run: { input: "b" } })).rejects.toMatchObject({
        code: "not_found",
        errors: [{ pointer: "/run/agent_id" }],
      });
    });
  });

  describe("createSchedule", () => {
    it("tries its run out, and leaves nothing of that", async () => {
      const threadId = await runs.thread();
      await create({}, { threadId });
      expect(await countRuns()).toBe(0);
      const [thread] = await inTenant(runs.principal.tenantId, (tx) =>
        tx.query(`SELECT active_run_id FROM threads WHERE thread_id = $1`, [threadId]),
      );
      expect(thread).toEqual({ active_run_id: null });
      await expect(create({}, { threadId: uuidv7() })).rejects.toMatchObject({
        code: "not_found",
        errors: [{ pointer: "/run/thread_id" }],
      });
    });

    it("takes a thousand of a tenant, and not one more", async () => {
      const schedule = await create();
      await copy(schedule, 1_000, uuidv7());
      await copy(schedule, 998);
      await create();
      await expect(create()).rejects.toMatchObject({ code: "conflict" });
    });
  });

  const addFirings = (schedule: Schedule, count: number) =>
    database().system((tx) =>
      tx.query(
        `INSERT INTO schedule_firings (tenant_id, schedule_id, due_at, outcome)
         SELECT $1, $2, now() - make_interval(secs => n), 'missed' FROM generate_series(1, $3::int) AS n`,
        [runs.principal.tenantId, schedule.schedule_id, count],
      ),
    );
  /** As many more like this one, of its tenant or of another. */
  const copy = (schedule: Schedule, count: number, tenantId = runs.principal.tenantId) =>
    database().system((tx) =>
      tx.query<{ schedule_id: string }>(
        `INSERT INTO schedules (tenant_id, schedule_id, subject, cron, timezone, missed, run, admission, enabled, next_due_at)
         SELECT $2, gen_random_uuid(), subject, cron, timezone, missed, run, admission, enabled, next_due_at
         FROM schedules, generate_series(1, $3::int) WHERE schedule_id = $1
         RETURNING schedule_id`,
        [schedule.schedule_id, tenantId, count],
      ),
    );

  it("deletes a schedule with its log, and not its runs", async () => {
    const schedule = await create();
    await dueSince(schedule, "1 second");
    await fire(schedule);
    await addFirings(schedule, 10_001);
    await deleteSchedule(database(), keyOf(schedule));
    const left = await database().system((tx) => tx.query(`SELECT 1 FROM schedule_firings`));
    expect(left).toEqual([]);
    expect(await countRuns()).toBe(1);
    await expect(find(schedule)).rejects.toMatchObject({ code: "not_found" });
  });

  it("keeps the log for 30 days", async () => {
    const schedule = await create({ cron: "* * * * * *" });
    await dueSince(schedule, "1 second");
    await fire(schedule);
    const [newest] = await firings(schedule);
    await database().system((tx) =>
      tx.query(
        `UPDATE schedule_firings SET fired_at = now() - interval '30 days 1 minute' WHERE due_at < $1`,
        [newest?.due_at],
      ),
    );
    await keepHouse(runs.context);
    expect(await firings(schedule)).toEqual([newest]);
  });

  it("sets a schedule aside that cannot be fired here, and fires the others", async () => {
    const broken = await create({ cron: "* * * * * *" });
    const whole = await create();
    await dueSince(broken, "2 seconds");
    await dueSince(whole, "1 second");
    await database().system((tx) =>
      tx.query(`UPDATE schedules SET timezone = 'Mars/Base' WHERE schedule_id = $1`, [
        broken.schedule_id,
      ]),
    );
    let now = 0;
    const clock = { now: () => new Date(), monotonicMs: () => now };
    const scheduler = createScheduler({ ...runs.context, clock }, { mayFire: () => true });
    await expect(scheduler.fireDue()).rejects.toThrow("schedules were not fired");
    expect(await firings(whole)).toHaveLength(1);
    await scheduler.fireDue();
    now = 60_000;
    await expect(scheduler.fireDue()).rejects.toThrow("schedules were not fired");
  });

  describe("with more schedules behind than it looks at together", () => {
    /** How often the scheduler may go on: once for each look, once for each firing. */
    const fireFor = (goes: number) => {
      let left = goes;
      return createScheduler(runs.context, { mayFire: () => (left -= 1) >= 0 }).fireDue();
    };
    async function manyBehind(): Promise<void> {
      const behind = await create({ cron: "* * * * * *" });
      await dueSince(behind, "10 minutes");
      await copy(behind, 54);
      // In the log already, so that no firing has runs to admit.
      await database().system((tx) =>
        tx.query(
          `INSERT INTO schedule_firings (tenant_id, schedule_id, due_at, outcome)
           SELECT tenant_id, schedule_id, next_due_at + make_interval(secs => n), 'missed'
           FROM schedules, generate_series(0, 400) AS n`,
        ),
      );
    }

    it("fires another tenant's in the first look", async () => {
      await manyBehind();
      const other = await create();
      const tenantId = uuidv7();
      await dueSince(other, "1 second");
      const [theirs] = await copy(other, 1, tenantId);
      await deleteSchedule(database(), keyOf(other));
      // Its run is refused, the tenant has no agent: the firing counts.
      await fireFor(4);
      const logged = await database().system((tx) =>
        tx.query(`SELECT outcome FROM schedule_firings WHERE schedule_id = $1`, [
          theirs?.schedule_id,
        ]),
      );
      expect(logged).toEqual([{ outcome: "refused" }]);
    });

    it("fires each of a tenant's once before any again", async () => {
      await manyBehind();
      const last = await create();
      await dueSince(last, "1 second");
      await fireFor(1 + 50 + 1 + 6);
      expect(await firings(last)).toHaveLength(1);
    });
  });

  it("fires nothing while it may not", async () => {
    const schedule = await create();
    await dueSince(schedule, "1 second");
    await createScheduler(runs.context, { mayFire: () => false }).fireDue();
    expect(await countRuns()).toBe(0);
  });
});
