import type { JsonObject } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it } from "vitest";
import { keepHouse } from "../workers/keep-house.ts";
import { deleteSchedule } from "./delete-schedule.ts";
import { fireSchedule } from "./fire-schedule.ts";
import type { Schedule, ScheduleDefinition } from "./schedule.ts";
import { createScheduler } from "./scheduler.ts";
import { createSchedulesFixture } from "../test/schedules-fixture.ts";
import { updateSchedule } from "./update-schedule.ts";

onEachDatabase((database) => {
  let schedules: Awaited<ReturnType<typeof createSchedulesFixture>>;
  beforeEach(async () => {
    schedules = await createSchedulesFixture(database());
  });

  describe("fireSchedule", () => {
    it("starts the run, logs it, and hints it, once", async () => {
      const metadata: JsonObject = { kind: "report" };
      const schedule = await schedules.create({}, { metadata });
      await schedules.dueSince(schedule, "30 seconds");
      expect(await schedules.fire(schedule)).toBe(true);
      const [firing, ...others] = await schedules.firings(schedule);
      expect(others).toEqual([]);
      expect(firing).toMatchObject({ outcome: "started", run_id: expect.any(String) });
      const { run_id: runId = "" } = firing ?? {};
      expect(await schedules.runs.row(runId, "subject, state, input, metadata")).toEqual({
        subject: "tester",
        state: "queued",
        input: '"Good morning"',
        metadata,
      });
      expect(schedules.runs.hints.map((hint) => hint.runId)).toEqual([runId]);
      expect(await schedules.fire(schedule)).toBe(false);
      expect(await schedules.countRuns()).toBe(1);
      expect(Date.parse((await schedules.find(schedule)).next_firings[0] ?? "")).toBeGreaterThan(
        Date.now(),
      );
    });

    it("does so once also where many try at the same time", async () => {
      const schedule = await schedules.create({ cron: "* * * * * *" });
      await schedules.dueSince(schedule, "20 seconds");
      const tried = await Promise.all(Array.from({ length: 8 }, () => schedules.fire(schedule)));
      expect(tried.filter(Boolean).length).toBeGreaterThan(0);
      const logged = await schedules.firings(schedule);
      expect(logged.length).toBeGreaterThanOrEqual(21);
      expect(new Set(logged.map(({ due_at: dueAt }) => dueAt)).size).toBe(logged.length);
      expect(await schedules.countRuns()).toBe(logged.length);
    });

    it("leaves nothing where it breaks off, and fires at the next look", async () => {
      const schedule = await schedules.create();
      await schedules.dueSince(schedule, "1 second");
      let ids = 0;
      const newId = (): string => {
        ids += 1;
        throw new Error("killed");
      };
      await expect(
        fireSchedule({ ...schedules.runs.context, newId }, schedules.keyOf(schedule)),
      ).rejects.toThrow("killed");
      expect([ids, await schedules.countRuns(), await schedules.firings(schedule)]).toEqual([
        1,
        0,
        [],
      ]);
      expect(await schedules.fire(schedule)).toBe(true);
      expect(await schedules.countRuns()).toBe(1);
    });

    it("does not fire again where only the answer of the commit was lost", async () => {
      const schedule = await schedules.create();
      await schedules.dueSince(schedule, "1 second");
      const db: ReturnType<typeof database> = {
        ...database(),
        async tenant(tenantId, work) {
          await database().tenant(tenantId, work);
          throw new Error("cut");
        },
      };
      await expect(
        fireSchedule({ ...schedules.runs.context, db }, schedules.keyOf(schedule)),
      ).rejects.toThrow("cut");
      expect(await schedules.fire(schedule)).toBe(false);
      expect(await schedules.countRuns()).toBe(1);
    });

    it("fires no moment again that is in the log, though it is due", async () => {
      const schedule = await schedules.create({ cron: "* * * * * *" });
      await schedules.dueSince(schedule, "5 seconds");
      await schedules.fire(schedule);
      const before = await schedules.firings(schedule);
      await schedules.dueSince(schedule, "5 seconds");
      await schedules.fire(schedule);
      const after = await schedules.firings(schedule);
      expect(await schedules.countRuns()).toBe(after.length);
      expect(after.slice(-before.length)).toEqual(before);
    });

    it.each([
      ["all", 601],
      ["one", 1],
      ["skip", 1],
    ] as const)("after ten minutes without a worker, '%s'", async (missed, atLeast) => {
      const schedule = await schedules.create({ cron: "* * * * * *", missed });
      await schedules.dueSince(schedule, "10 minutes");
      const scheduler = createScheduler(schedules.runs.context, { mayFire: () => true });
      await scheduler.fireDue();
      const logged = await schedules.firings(schedule);
      const count = (await schedules.countRuns()) ?? 0;
      expect(count).toBeGreaterThanOrEqual(atLeast);
      expect(count).toBeLessThan(atLeast + 60);
      expect(logged.every(({ outcome }) => outcome === "started")).toBe(true);
      expect(scheduler.nextInMs).toBeLessThanOrEqual(1_000);
    });

    it("logs one entry for all that it gave up, and starts nothing", async () => {
      const schedule = await schedules.create({ cron: "0 0 1 1 *", missed: "skip" });
      await schedules.dueSince(schedule, "10 minutes");
      await schedules.fire(schedule);
      expect(await schedules.firings(schedule)).toMatchObject([{ outcome: "missed" }]);
      expect(await schedules.countRuns()).toBe(0);
    });

    it("logs what was refused, leaves nothing of it, and goes on", async () => {
      const threadId = await schedules.runs.thread();
      const schedule = await schedules.create({}, { threadId });
      await schedules.inTenant(schedules.runs.principal.tenantId, (tx) =>
        tx.query(`UPDATE agents SET deleted_at = now() WHERE name = 'default'`),
      );
      await schedules.dueSince(schedule, "1 second");
      expect(await schedules.fire(schedule)).toBe(true);
      expect(await schedules.firings(schedule)).toMatchObject([
        { outcome: "refused", error: { code: "not_found", errors: [{ pointer: "/agent_id" }] } },
      ]);
      expect(await schedules.countRuns()).toBe(0);
      const [thread] = await schedules.inTenant(schedules.runs.principal.tenantId, (tx) =>
        tx.query(`SELECT status, active_run_id FROM threads WHERE thread_id = $1`, [threadId]),
      );
      expect(thread).toEqual({ status: "idle", active_run_id: null });
      expect(await schedules.fire(schedule)).toBe(false);
    });

    it("logs as refused what the tenant has no room for, and may be made all the same", async () => {
      const { tenantId } = schedules.runs.principal;
      await database().system((tx) =>
        tx.query(
          `INSERT INTO tenants (tenant_id, name, created_by, limits) VALUES ($1, $2, 'test', '{"open_runs": 0}')`,
          [tenantId, tenantId],
        ),
      );
      const schedule = await schedules.create();
      await schedules.dueSince(schedule, "1 second");
      await schedules.fire(schedule);
      expect(await schedules.firings(schedule)).toMatchObject([
        { outcome: "refused", error: { code: "rate_limited" } },
      ]);
      expect(await schedules.countRuns()).toBe(0);
    });

    it("gives the runs of a thread their turns", async () => {
      const threadId = await schedules.runs.thread();
      const schedule = await schedules.create({ cron: "* * * * * *" }, { threadId });
      await schedules.dueSince(schedule, "2 seconds");
      await schedules.fire(schedule);
      const logged = await schedules.firings(schedule);
      const blocked = await Promise.all(
        logged.toReversed().map(({ run_id: runId = "" }) => schedules.runs.row(runId, "blocked")),
      );
      expect(blocked.map((row) => row["blocked"])).toEqual([
        false,
        ...Array.from({ length: logged.length - 1 }, () => true),
      ]);
      expect(schedules.runs.hints).toHaveLength(1);
    });

    it("leaves it to whoever holds its row, and a change waits for a firing", async ({ skip }) => {
      skip(database().driver === "pglite", "one session: nobody holds a row meanwhile");
      const schedule = await schedules.create();
      await schedules.dueSince(schedule, "1 second");
      const { promise: held, resolve: hold } = Promise.withResolvers<void>();
      const { promise: over, resolve: letGo } = Promise.withResolvers<void>();
      const holder = schedules.inTenant(schedules.runs.principal.tenantId, async (tx) => {
        await tx.query(`SELECT 1 FROM schedules WHERE schedule_id = $1 FOR UPDATE`, [
          schedule.schedule_id,
        ]);
        hold();
        await over;
      });
      await held;
      expect(await schedules.fire(schedule)).toBe(false);
      let isChanged = false;
      const changing = update(schedule, { cron: "0 0 2 1 *" }).then((changed) => {
        isChanged = true;
        return changed;
      });
      expect(await schedules.fire(schedule)).toBe(false);
      expect(isChanged).toBe(false);
      letGo();
      await holder;
      expect((await changing).cron).toBe("0 0 2 1 *");
      // Of the old timetable nothing is due any more.
      expect(await schedules.fire(schedule)).toBe(false);
    });
  });

  function update(schedule: Schedule, changes: Partial<ScheduleDefinition>): Promise<Schedule> {
    const { principal } = schedules.runs;
    return schedules.inTenant(principal.tenantId, (tx) =>
      updateSchedule(tx, {
        scheduleId: schedule.schedule_id,
        principal,
        trial: schedules.trial(),
        change: (current) => ({
          definition: { ...current, ...changes },
          ...(changes.run && { admission: { metadata: {} } }),
        }),
      }),
    );
  }

  describe("updateSchedule", () => {
    it("keeps what is due where the timetable stays", async () => {
      const schedule = await schedules.create();
      await schedules.dueSince(schedule, "30 seconds");
      await update(schedule, { name: "another" });
      expect(await schedules.fire(schedule)).toBe(true);
    });

    it("fires nothing while it is disabled, and from then on once it is enabled again", async () => {
      const schedule = await schedules.create({ cron: "0 0 1 1 *" });
      await schedules.dueSince(schedule, "30 seconds");
      expect((await update(schedule, { enabled: false })).next_firings).toEqual([]);
      expect(await schedules.fire(schedule)).toBe(false);
      const enabled = await update(schedule, { enabled: true });
      expect(enabled.next_firings).toHaveLength(5);
      expect(await schedules.fire(schedule)).toBe(false);
      expect(await schedules.countRuns()).toBe(0);
    });

    it("tries out a run only where it changes", async () => {
      const schedule = await schedules.create();
      await schedules.inTenant(schedules.runs.principal.tenantId, (tx) =>
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
      const threadId = await schedules.runs.thread();
      await schedules.create({}, { threadId });
      expect(await schedules.countRuns()).toBe(0);
      const [thread] = await schedules.inTenant(schedules.runs.principal.tenantId, (tx) =>
        tx.query(`SELECT active_run_id FROM threads WHERE thread_id = $1`, [threadId]),
      );
      expect(thread).toEqual({ active_run_id: null });
      await expect(schedules.create({}, { threadId: uuidv7() })).rejects.toMatchObject({
        code: "not_found",
        errors: [{ pointer: "/run/thread_id" }],
      });
    });

    it("takes a thousand of a tenant, and not one more", async () => {
      const schedule = await schedules.create();
      await schedules.copy(schedule, 1_000, uuidv7());
      await schedules.copy(schedule, 998);
      await schedules.create();
      await expect(schedules.create()).rejects.toMatchObject({ code: "conflict" });
    });
  });

  it("deletes a schedule with its log, and not its runs", async () => {
    const schedule = await schedules.create();
    await schedules.dueSince(schedule, "1 second");
    await schedules.fire(schedule);
    await schedules.addFirings(schedule, 10_001);
    const other = await schedules.create();
    await schedules.addFirings(other, 1);
    await deleteSchedule(database(), schedules.keyOf(schedule));
    const left = await database().system((tx) =>
      tx.query(`SELECT schedule_id FROM schedule_firings`),
    );
    expect(left).toEqual([{ schedule_id: other.schedule_id }]);
    expect(await schedules.countRuns()).toBe(1);
    await expect(schedules.find(schedule)).rejects.toMatchObject({ code: "not_found" });
  });

  it("keeps the log for 30 days", async () => {
    const schedule = await schedules.create({ cron: "* * * * * *" });
    await schedules.dueSince(schedule, "1 second");
    await schedules.fire(schedule);
    const [newest] = await schedules.firings(schedule);
    await database().system((tx) =>
      tx.query(
        `UPDATE schedule_firings SET fired_at = now() - interval '30 days 1 minute' WHERE due_at < $1`,
        [newest?.due_at],
      ),
    );
    await keepHouse(schedules.runs.context);
    expect(await schedules.firings(schedule)).toEqual([newest]);
  });
});
