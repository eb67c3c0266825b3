import { setTimeout as sleep } from "node:timers/promises";
import { AppError, toProblem } from "@llamaagent/core";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture } from "@llamaagent/testing/runs-fixture";
import { expect, it } from "vitest";
import { getRun } from "../get-run.ts";
import { endForeignRun } from "./end-foreign-run.ts";
import { endWithoutTrace } from "./end-without-trace.ts";

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

  it("counts what the owner was just writing", async () => {
    const runs = await createRunsFixture(database());
    const { fence } = await runs.claimed();
    const usage = { input_tokens: 70, output_tokens: 30 };
    const written = Promise.withResolvers<void>();
    const writing = database().system(async (tx) => {
      await tx.query(`UPDATE runs SET look_at = look_at WHERE run_id = $1`, [fence.runId]);
      await tx.query(
        `INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data)
         VALUES ($1, $2, $3, 2, 'usage.updated', $4)`,
        [fence.tenantId, fence.runId, fence.epoch, JSON.stringify(usage)],
      );
      written.resolve();
      // The other comes as far as it can while the row is locked.
      await sleep(300);
    });
    await written.promise;
    const ended = database().tenant(fence.tenantId, (tx) =>
      endWithoutTrace(tx, fence.runId, new Date()),
    );
    await writing;
    expect(await ended).toBeDefined();
    expect((await getRun(runs.context, runs.principal, fence.runId)).usage).toEqual(usage);
  });
});
