import { AppError, toProblem } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { expect, it } from "vitest";
import { endForeignRun } from "./end-foreign-run.ts";

onEachDatabase((database) => {
  it("ends no run as overdue that was given more time after somebody saw it so", async () => {
    const runs = await createRunsFixture(database());
    const { fence } = await runs.claimed();
    const endOverdue = () =>
      database().system((tx) =>
        endForeignRun(tx, {
          run: fence,
          from: { states: ["running"], overdue: true },
          now: new Date(),
          end: { reason: "timeout", error: toProblem(new AppError("run_timeout")) },
        }),
      );
    const before = await runs.row(fence.runId);
    expect(await endOverdue()).toBeUndefined();
    expect(await runs.row(fence.runId)).toEqual(before);
    await database().system((tx) =>
      tx.query(`UPDATE runs SET look_at = now() - interval '1 ms' WHERE run_id = $1`, [
        fence.runId,
      ]),
    );
    expect(await endOverdue()).toMatchObject({ event: { id: "2-1", type: "run.failed" } });
  });
});
