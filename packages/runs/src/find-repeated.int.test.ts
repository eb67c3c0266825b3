import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, expect, it } from "vitest";
import { admitRun } from "./admit-run.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });

  const repeat = async () => (await runs.admit({ isRepeat: true })).run_id;

  it("gives a run to nobody but the subject that made it", async () => {
    const { run_id: own } = await runs.admit();
    const colleague = { ...runs.principal, subject: "colleague" };
    const request = { metadata: {}, input: "Hello", isRepeat: true };
    const theirs = await admitRun(runs.context, colleague, request);
    expect(theirs.run.run_id).not.toBe(own);
    expect(await repeat()).toBe(own);
  });

  it("takes a repeat for a new run once two minutes have passed", async () => {
    const { run_id: first } = await runs.admit();
    const age = (minutes: number) =>
      database().tenant(runs.principal.tenantId, (tx) =>
        tx.query(`UPDATE runs SET created_at = now() - make_interval(mins => $1)`, [minutes]),
      );
    await age(1);
    expect(await repeat()).toBe(first);
    await age(3);
    expect(await repeat()).not.toBe(first);
  });
});
