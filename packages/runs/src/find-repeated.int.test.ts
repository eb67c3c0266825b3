import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, expect, it } from "vitest";
import { admitRun } from "./admit-run.ts";
import { cancelRun } from "./cancel-run.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });

  const bodyHash = "of the same body";
  const repeat = async () => (await runs.admit({ bodyHash, isRepeat: true })).run_id;

  it("gives a run to nobody but the subject that made it", async () => {
    const { run_id: own } = await runs.admit({ bodyHash });
    const colleague = { ...runs.principal, subject: "colleague" };
    const request = { metadata: {}, input: "Hello", bodyHash, isRepeat: true };
    const theirs = await admitRun(runs.context, colleague, request);
    expect(theirs.run.run_id).not.toBe(own);
    expect(await repeat()).toBe(own);
  });

  it("gives no run that no client's request made, nor one of another body", async () => {
    const { run_id: fired } = await runs.admit();
    const { run_id: other } = await runs.admit({ bodyHash: "of another" });
    expect([fired, other]).not.toContain(await repeat());
  });

  it("gives a run that another request displaced, and none that somebody cancelled", async () => {
    const threadId = await runs.thread();
    const { run_id: first } = await runs.admit({ threadId, bodyHash });
    await runs.admit({ threadId, multitaskStrategy: "interrupt" });
    expect(await runs.row(first, "stop_reason")).toEqual({ stop_reason: "cancelled" });
    const again = { threadId, bodyHash, isRepeat: true };
    expect((await runs.admit(again)).run_id).toBe(first);
    await runs.admit({ threadId, bodyHash });
    const { run_id: queued } = await runs.admit(again);
    expect(queued).not.toBe(first);
    await cancelRun(runs.context, runs.principal, queued);
    expect((await runs.admit(again)).run_id).toBe(first);
  });

  it("takes a repeat for a new run once two minutes have passed", async () => {
    const { run_id: first } = await runs.admit({ bodyHash });
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
