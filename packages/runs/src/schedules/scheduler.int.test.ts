import { onEachDatabase } from "@llamaagent/testing/each-database";
import { uuidv7 } from "uuidv7";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { deleteSchedule } from "./delete-schedule.ts";
import { createScheduler } from "./scheduler.ts";
import { createSchedulesFixture } from "../test/schedules-fixture.ts";

onEachDatabase((database) => {
  let schedules: Awaited<ReturnType<typeof createSchedulesFixture>>;
  beforeEach(async () => {
    schedules = await createSchedulesFixture(database());
  });

  it("sets a schedule aside that cannot be fired here, and fires the others", async () => {
    const broken = await schedules.create({ cron: "* * * * * *" });
    const whole = await schedules.create();
    await schedules.dueSince(broken, "2 seconds");
    await schedules.dueSince(whole, "1 second");
    await database().system((tx) =>
      tx.query(`UPDATE schedules SET timezone = 'Mars/Base' WHERE schedule_id = $1`, [
        broken.schedule_id,
      ]),
    );
    let now = 0;
    const clock = { now: () => new Date(), monotonicMs: () => now };
    const scheduler = createScheduler(
      { ...schedules.runs.context, clock },
      { mayFire: () => true },
    );
    await expect(scheduler.fireDue()).rejects.toThrow("schedules were not fired");
    expect(await schedules.firings(whole)).toHaveLength(1);
    await scheduler.fireDue();
    now = 60_000;
    await expect(scheduler.fireDue()).rejects.toThrow("schedules were not fired");
  });

  it("fires none of a suspended tenant, and goes on once that is taken back", async () => {
    const schedule = await schedules.create({ cron: "* * * * *" });
    await schedules.dueSince(schedule, "2 seconds");
    const { tenantId } = schedules.runs.principal;
    const suspend = (since: string) =>
      database().system((tx) =>
        tx.query(
          `INSERT INTO tenants (tenant_id, name, created_by, suspended_at) VALUES ($1::uuid, $1::uuid::text, 'test', ${since})
           ON CONFLICT (tenant_id) DO UPDATE SET suspended_at = excluded.suspended_at`,
          [tenantId],
        ),
      );
    const scheduler = createScheduler(schedules.runs.context, { mayFire: () => true });
    await suspend("now()");
    await scheduler.fireDue();
    expect(await schedules.firings(schedule)).toEqual([]);
    await suspend("NULL");
    await scheduler.fireDue();
    expect(await schedules.firings(schedule)).toHaveLength(1);
  });

  describe("with more schedules behind than it looks at together", () => {
    /** How often the scheduler may go on: once for each look, once for each firing. */
    const fireFor = (goes: number) => {
      let left = goes;
      // Time stands still: a look would be over after a second, however many it found.
      const clock = { now: () => new Date(), monotonicMs: () => 0 };
      const context = { ...schedules.runs.context, clock };
      return createScheduler(context, { mayFire: () => (left -= 1) >= 0 }).fireDue();
    };
    async function manyBehind(): Promise<void> {
      const behind = await schedules.create({ cron: "* * * * * *" });
      await schedules.dueSince(behind, "10 minutes");
      await schedules.copy(behind, 54);
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
      const other = await schedules.create();
      const tenantId = uuidv7();
      await schedules.dueSince(other, "10 seconds");
      const [theirs] = await schedules.copy(other, 1, tenantId);
      await deleteSchedule(database(), schedules.keyOf(other));
      // Its run is refused, the tenant has no agent: the firing counts.
      await fireFor(4);
      const logged = await database().system((tx) =>
        tx.query(`SELECT outcome FROM schedule_firings WHERE schedule_id = $1`, [
          theirs?.schedule_id,
        ]),
      );
      expect(logged).toEqual([{ outcome: "refused" }]);
    });

    it("fires what is on time first", async () => {
      await manyBehind();
      const onTime = await schedules.create();
      await schedules.dueSince(onTime, "1 second");
      await fireFor(2);
      expect(await schedules.firings(onTime)).toHaveLength(1);
    });

    it("fires each of a tenant's once before any again", async () => {
      await manyBehind();
      const last = await schedules.create();
      await schedules.dueSince(last, "10 seconds");
      await fireFor(1 + 50 + 1 + 6);
      expect(await schedules.firings(last)).toHaveLength(1);
    });
  });

  it("looks again when the next is due", async () => {
    await schedules.create();
    const scheduler = createScheduler(schedules.runs.context, { mayFire: () => true });
    // Again where the database was slower than that.
    await vi.waitFor(async () => {
      await database().system((tx) =>
        tx.query(`UPDATE schedules SET next_due_at = now() + interval '900 milliseconds'`),
      );
      await scheduler.fireDue();
      expect(scheduler.nextInMs).toBeLessThanOrEqual(900);
    }, 10_000);
    expect(scheduler.nextInMs).toBeGreaterThan(0);
  });

  it("fires no more of what is due once it may not", async () => {
    for (let n = 0; n < 3; n += 1) await schedules.dueSince(await schedules.create(), "1 second");
    let left = 2; // for its look, and for one firing
    await createScheduler(schedules.runs.context, { mayFire: () => (left -= 1) >= 0 }).fireDue();
    expect(await schedules.countRuns()).toBe(1);
  });

  it("fires nothing while it may not", async () => {
    const schedule = await schedules.create();
    await schedules.dueSince(schedule, "1 second");
    await createScheduler(schedules.runs.context, { mayFire: () => false }).fireDue();
    expect(await schedules.countRuns()).toBe(0);
  });
});
