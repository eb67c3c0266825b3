import { cancelRun, deleteRun, listDeliveries, resendDelivery } from "@llamaagent/runs";
import type { GuardedFetch } from "@llamaagent/tools/guarded-fetch";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createWorkerFixture, type WorkerFixture } from "../test/worker-fixture.ts";
import { webhookHandlers } from "./webhook-handlers.ts";

const url = "https://example.com/hook";
interface Body {
  type: string;
  timestamp: string;
  run: { state: string };
}
const ENDS = ["run.completed", "run.failed", "run.cancelled"] as const;

onEachDatabase((database) => {
  let runs: RunsFixture;
  let workers: WorkerFixture;
  /** What receivers were sent, and what they answer; an Error is one that does not answer. */
  let sent: {
    url: string;
    id: string | undefined;
    type: string;
    timestamp: string;
    state: string;
  }[];
  let answers: (number | Error)[];
  const fetch: GuardedFetch = {
    async post(to, { headers, body }) {
      const answer = answers.shift() ?? 200;
      const { type, timestamp, run } = JSON.parse(body) as Body;
      sent.push({ url: to, id: headers["webhook-id"], type, timestamp, state: run.state });
      if (answer instanceof Error) throw answer;
      return { status: answer };
    },
    close: async () => {},
  };
  beforeEach(async () => {
    await database().system((tx) => tx.query(`DELETE FROM tasks`));
    runs = await createRunsFixture(database());
    workers = await createWorkerFixture(runs, { model: scriptedModel([{ text: "Hi" }]) });
    sent = [];
    answers = [];
  });
  afterEach(() => workers.stop());

  const start = () => {
    const { db, clock, newId } = runs.context;
    return workers.start({ taskHandlers: webhookHandlers({ db, clock, newId, fetch }) });
  };
  const tasks = () =>
    database().system((tx) =>
      tx.query<{ kind: string; attempts: number; last_error: string | null }>(
        `SELECT kind, attempts, last_error FROM tasks`,
      ),
    );
  const none = () => vi.waitFor(async () => expect(await tasks()).toEqual([]), 15_000);
  const deliveries = (runId?: string) =>
    database().tenant(runs.principal.tenantId, (tx) => listDeliveries(tx, { runId, limit: 50 }));
  const hook = { url, events: [...ENDS] };

  it("a receiver is told of the end of a run, once", async () => {
    await start();
    const { run_id: runId } = await runs.admit({ webhook: hook });
    await workers.reach(runId);
    await none();
    const [event] = (await runs.events(runId)).slice(-1);
    expect(sent).toEqual([
      {
        url,
        id: `${runId}.${event?.id}`,
        type: "run.completed",
        timestamp: event?.data["at"],
        state: "ended",
      },
    ]);
    expect(await deliveries(runId)).toMatchObject([
      { run_id: runId, event_type: "run.completed", status_code: 200, attempt: 1 },
    ]);
  });

  it("a run without a webhook has no task", async () => {
    await runs.admit();
    expect(await tasks()).toEqual([]);
  });

  it("one that is batched with others has its own", async () => {
    await Promise.all([runs.admit(), runs.admit({ webhook: hook }), runs.admit()]);
    expect(await tasks()).toMatchObject([{ kind: "webhook", attempts: 0 }]);
  });

  it("a receiver that fails is tried again until it takes it", async () => {
    answers = [503, new Error("connect ECONNREFUSED"), 302, 204];
    await start();
    const { run_id: runId } = await runs.admit({ webhook: hook });
    await workers.reach(runId);
    const hurry = setInterval(
      () =>
        void database().system((tx) =>
          tx.query(`UPDATE tasks SET due_at = now() WHERE attempts > 0`),
        ),
      200,
    );
    await none().finally(() => clearInterval(hurry));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(
      (await deliveries(runId)).map(({ status_code: status, error }) => [status, error]),
    ).toEqual([
      [204, undefined],
      [302, "the receiver answered 302"],
      [undefined, "connect ECONNREFUSED"],
      [503, "the receiver answered 503"],
    ]);
  });

  it("a receiver that took nothing for a day is given up", async () => {
    answers = [500];
    const { run_id: runId } = await runs.admit({ webhook: hook });
    await cancelRun(runs.context, runs.principal, runId);
    await database().system((tx) =>
      tx.query(`UPDATE tasks SET payload = $1`, [
        JSON.stringify({ after: "0-1", failing_since: new Date(Date.now() - 90_000_000) }),
      ]),
    );
    await start();
    await none();
    expect(sent).toMatchObject([{ type: "run.cancelled" }]);
  });

  it("given up is one event only: the run's end is told all the same", async () => {
    answers = [500];
    const events = ["run.paused", ...ENDS] as const;
    const { fence, run } = await runs.claimed({ webhook: { url, events: [...events] } });
    const paused = JSON.stringify({ run_id: run.run_id, at: "2026-01-02T10:00:00.000Z" });
    await database().system((tx) =>
      tx.query(
        `INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data) VALUES ($1, $2, 1, 1, 'run.paused', $3)`,
        [fence.tenantId, fence.runId, paused],
      ),
    );
    await database().system((tx) =>
      tx.query(`UPDATE runs SET state = 'waiting', owner = NULL WHERE run_id = $1`, [fence.runId]),
    );
    await cancelRun(runs.context, runs.principal, run.run_id);
    await database().system((tx) =>
      tx.query(`UPDATE tasks SET payload = $1`, [
        JSON.stringify({ after: "0-1", failing_since: new Date(Date.now() - 90_000_000) }),
      ]),
    );
    await start();
    await none();
    expect(sent.map(({ type }) => type)).toEqual(["run.paused", "run.cancelled"]);
    expect(sent[0]?.timestamp).toBe("2026-01-02T10:00:00.000Z");
  });

  it("only what was asked for is told", async () => {
    await start();
    const { run_id: runId } = await runs.admit({ webhook: { url, events: ["run.failed"] } });
    await workers.reach(runId);
    await none();
    expect(sent).toEqual([]);
  });

  it("nobody is told of a run that was removed", async () => {
    const { run_id: runId } = await runs.admit({ webhook: hook });
    await deleteRun(runs.context, runs.principal, runId);
    expect(await tasks()).toEqual([]);
  });

  it("a delivery is sent again under the same id, when somebody asks for it", async () => {
    await start();
    const { run_id: runId } = await runs.admit({ webhook: hook });
    await workers.reach(runId);
    await none();
    const [delivery] = await deliveries(runId);
    await database().tenant(runs.principal.tenantId, (tx) =>
      resendDelivery(tx, delivery?.delivery_id ?? "", uuidv7()),
    );
    await none();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    const unknown = database().tenant(runs.principal.tenantId, (tx) =>
      resendDelivery(tx, uuidv7(), uuidv7()),
    );
    await expect(unknown).rejects.toMatchObject({ code: "not_found" });
  });
});
