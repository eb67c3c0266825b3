import type { TenantTx } from "@llamaagent/db";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { uuidv7 } from "uuidv7";
import { expect, it } from "vitest";
import { createSchedule } from "./create-schedule.ts";
import { fireSchedule } from "./fire-schedule.ts";

onEachDatabase((database) => {
  it("a worker that freezes while it fires holds the schedule for five seconds", async () => {
    const { context, principal } = await createRunsFixture(database());
    const { tenantId } = principal;
    const { schedule_id: scheduleId } = await database().tenant(tenantId, (tx) =>
      createSchedule(tx, {
        scheduleId: uuidv7(),
        principal,
        definition: {
          cron: "0 0 1 1 *",
          timezone: "UTC",
          missed: "all",
          enabled: true,
          run: {},
          metadata: {},
        },
        admission: { metadata: {} },
        trial: { runId: uuidv7(), at: new Date() },
      }),
    );
    await database().system((tx) => tx.query(`UPDATE schedules SET next_due_at = now()`));

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
    expect(await fireSchedule({ ...context, db }, { tenantId, scheduleId })).toBe(true);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(seen.map(() => ({ mayStandIdle: "5s" })));
    // Of that transaction alone.
    expect(await database().system(setting)).not.toEqual([{ mayStandIdle: "5s" }]);
  });
});
