import type { TenantTx } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { expect, it } from "vitest";
import { createSchedulesFixture } from "../test/schedules-fixture.ts";
import { fireSchedule } from "./fire-schedule.ts";

onEachDatabase((database) => {
  it("a worker that freezes while it fires holds the schedule for five seconds", async () => {
    const schedules = await createSchedulesFixture(database());
    const { context } = schedules.runs;
    const schedule = await schedules.create();
    await schedules.dueSince(schedule, "1 second");

    const setting = (tx: Pick<TenantTx, "query">) =>
      tx.query(`SELECT current_setting('idle_in_transaction_session_timeout') AS "mayStandIdle"`);
    const seen: object[] = [];
    /** Looks after each statement but the last, after which there is none. */
    const watched = (tx: TenantTx): TenantTx => ({
      ...tx,
      async query<Row extends object>(...statement: Parameters<TenantTx["query"]>) {
        const rows = await tx.query<Row>(...statement);
        if (!statement[2]?.isLast) seen.push(...(await setting(tx)));
        return rows;
      },
    });
    const db: typeof context.db = {
      ...database(),
      tenant: (id, work) => database().tenant(id, (tx) => work(watched(tx))),
    };
    expect(await fireSchedule({ ...context, db }, schedules.keyOf(schedule))).toBe(true);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(seen.map(() => ({ mayStandIdle: "5s" })));
    // Of that transaction alone.
    expect(await database().system(setting)).not.toEqual([{ mayStandIdle: "5s" }]);
  });
});
