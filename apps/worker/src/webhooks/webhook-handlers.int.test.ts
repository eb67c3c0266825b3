import { createHmac } from "node:crypto";
import {
  cancelRun,
  currentKeys,
  deleteRun,
  listDeliveries,
  resendDelivery,
  rotateKeys,
  WEBHOOK_TASK,
  wakeTask,
} from "@llamaagent/runs";
import type { GuardedFetch } from "@llamaagent/tools/guarded-fetch";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { knownEnvelope } from "@llamaagent/testing/services/known-master-key";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TaskHelpers } from "../tasks/task-handler.ts";
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
  let requests: { headers: Record<string, string>; body: string }[];
  let answers: (number | Error)[];
  const fetch: GuardedFetch = {
    async post(to, { headers, body }) {
      const answer = answers.shift() ?? 200;
      const { type, timestamp, run } = JSON.parse(body) as Body;
      requests.push({ headers, body });
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
    requests = [];
    answers = [];
  });
  afterEach(() => workers.stop());

  const handlers = () => {
    const { db, clock, newId } = runs.context;
    return webhookHandlers({ db, clock, newId, envelope: knownEnvelope, fetch });
  };
  const start = () => workers.start({ taskHandlers: handlers() });
  const tasks = () =>
    database().system((tx) =>
      tx.query<{ kind: string; attempts: number; last_error: string | null }>(
        `SELECT kind, attempts, last_error FROM tasks`,
      ),
    );
  const none = () => vi.waitFor(async () => expect(await tasks()).toEqual([]), 15_000);
  /** What waits before it is tried again does not. */
  const noneInAHurry = () => {
    const hurry = setInterval(
      () =>
        void database().system((tx) =>
          tx.query(`UPDATE tasks SET due_at = now() WHERE attempts > 0`),
        ),
      200,
    );
    return none().finally(() => clearInterval(hurry));
  };
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

  it("each key that signs now signs the very body, the newest first", async () => {
    const inTenant: ReturnType<typeof database>["tenant"] = (tenantId, work) =>
      database().tenant(tenantId, work);
    const { tenantId } = runs.principal;
    const parts = { envelope: knownEnvelope, newId: uuidv7 };
    const [before] = await inTenant(tenantId, (tx) => currentKeys(tx, parts));
    const newest = await inTenant(tenantId, (tx) => rotateKeys(tx, parts));
    await start();
    const { run_id: runId } = await runs.admit({ webhook: hook });
    await workers.reach(runId);
    await none();
    const [{ headers, body } = { headers: {}, body: "" }] = requests;
    const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const signatures = [newest.secret, before?.secret ?? ""].map((secret) => {
      const bytes = Buffer.from(secret.slice("whsec_".length), "base64");
      return `v1,${createHmac("sha256", bytes).update(content).digest("base64")}`;
    });
    expect(headers["webhook-signature"]?.split(" ")).toEqual(signatures);
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
    await noneInAHurry();
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

  /** What waits to be told has been refused for so many hours. */
  const refusedFor = (hours: number) =>
    database().system((tx) =>
      tx.query(`UPDATE tasks SET payload = $1`, [
        JSON.stringify({ after: "0-1", failing_since: new Date(Date.now() - hours * 3_600_000) }),
      ]),
    );

  it.each([
    { hours: 25, comesOfIt: "given up", attempts: 1 },
    { hours: 23, comesOfIt: "tried again", attempts: 2 },
  ])("a receiver that took nothing for $hours hours is $comesOfIt", async ({ hours, attempts }) => {
    answers = [500];
    const { run_id: runId } = await runs.admit({ webhook: hook });
    await cancelRun(runs.context, runs.principal, runId);
    await refusedFor(hours);
    await start();
    await noneInAHurry();
    expect(sent.map(({ type }) => type)).toEqual(Array(attempts).fill("run.cancelled"));
  });

  /** A run that waits, and whose receiver is to be told so. */
  async function paused() {
    const events = ["run.paused", ...ENDS] as const;
    const { fence, run } = await runs.claimed({ webhook: { url, events: [...events] } });
    const data = JSON.stringify({ run_id: run.run_id, at: "2026-01-02T10:00:00.000Z" });
    await database().system((tx) =>
      tx.query(
        `INSERT INTO run_events (tenant_id, run_id, epoch, seq, type, data) VALUES ($1, $2, 1, 1, 'run.paused', $3)`,
        [fence.tenantId, fence.runId, data],
      ),
    );
    await database().system((tx) =>
      tx.query(`UPDATE runs SET state = 'waiting', owner = NULL WHERE run_id = $1`, [fence.runId]),
    );
    return run.run_id;
  }

  it("a receiver is told of each event once, though nothing comes for long between them", async () => {
    const runId = await paused();
    const { tenantId } = runs.principal;
    await database().tenant(tenantId, (tx) => wakeTask(tx, { tenantId, taskId: runId }));
    await start();
    const asleep = `SELECT 1 FROM tasks WHERE due_at = 'infinity' AND owner IS NULL`;
    await vi.waitFor(async () => {
      expect(sent).toHaveLength(1);
      expect(await database().system((tx) => tx.query(asleep))).toHaveLength(1);
    }, 10_000);
    await cancelRun(runs.context, runs.principal, runId);
    await none();
    expect(sent.map(({ type }) => type)).toEqual(["run.paused", "run.cancelled"]);
  });

  it("attempts are counted for each event by itself", async () => {
    answers = [500, 200, 500, 200];
    const runId = await paused();
    await cancelRun(runs.context, runs.principal, runId);
    await start();
    await noneInAHurry();
    const log = (await deliveries(runId)).toReversed();
    expect(log.map(({ event_type: type, attempt }) => [type, attempt])).toEqual([
      ["run.paused", 1],
      ["run.paused", 2],
      ["run.cancelled", 1],
      ["run.cancelled", 2],
    ]);
  });

  it("given up is one event only: the run's end is told all the same, and for another day", async () => {
    answers = [500, 500];
    await cancelRun(runs.context, runs.principal, await paused());
    await refusedFor(25);
    await start();
    await noneInAHurry();
    expect(sent.map(({ type }) => type)).toEqual(["run.paused", "run.cancelled", "run.cancelled"]);
    expect(sent[0]?.timestamp).toBe("2026-01-02T10:00:00.000Z");
  });

  /** Its handler alone, on a run that has ended. */
  async function tell(helpers: Pick<TaskHelpers, "signal" | "assertOwned" | "save">) {
    const { run_id: taskId } = await runs.admit({ webhook: hook });
    await cancelRun(runs.context, runs.principal, taskId);
    const { tenantId } = runs.principal;
    const given = { tenantId, taskId, attempt: 1, isLast: false, ...helpers };
    return handlers()[WEBHOOK_TASK]?.({ after: "0-1" }, given);
  }

  it("nothing is sent by a worker that has lost the task", async () => {
    const assertOwned = () => {
      throw new Error("lost");
    };
    const { signal } = new AbortController();
    await expect(tell({ signal, assertOwned, save: async () => {} })).rejects.toThrow("lost");
    expect(sent).toEqual([]);
  });

  it("what a stopping worker cuts off is no fault of the receiver's", async () => {
    answers = [new Error("aborted")];
    const control = new AbortController();
    const saved: unknown[] = [];
    const save = async (done: unknown) => void saved.push(done);
    const assertOwned = () => control.abort(new Error("stopping"));
    await expect(tell({ signal: control.signal, assertOwned, save })).rejects.toThrow("stopping");
    expect([sent.length, saved]).toEqual([1, []]);
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

  it("a delivery that is sent again is tried for a day of its own", async () => {
    answers = [200, 500, 500, 500];
    await start();
    const { run_id: runId } = await runs.admit({ webhook: hook });
    await workers.reach(runId);
    await none();
    const [delivery] = await deliveries(runId);
    await database().tenant(runs.principal.tenantId, (tx) =>
      resendDelivery(tx, delivery?.delivery_id ?? "", uuidv7()),
    );
    const hoursLeft = () =>
      database().system((tx) =>
        tx.query(
          `SELECT last_error, round(extract(epoch FROM expires_at - now()) / 3600)::int AS hours FROM tasks`,
        ),
      );
    await vi.waitFor(async () => {
      const left = { last_error: "the receiver answered 500", hours: 24 };
      expect(await hoursLeft()).toEqual([left]);
    }, 10_000);
    await noneInAHurry();
    expect(sent).toHaveLength(5);
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
    await deleteRun(runs.context, runs.principal, runId);
    for (const id of [uuidv7(), delivery?.delivery_id ?? ""])
      await expect(
        database().tenant(runs.principal.tenantId, (tx) => resendDelivery(tx, id, uuidv7())),
      ).rejects.toMatchObject({ code: "not_found" });
  });
});
