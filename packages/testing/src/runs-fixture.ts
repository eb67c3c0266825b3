import { randomUUID } from "node:crypto";
import {
  AgentDefinition,
  type Json,
  type Principal,
  type Run,
  type RunHint,
  type StoredEvent,
  systemClock,
} from "@llamaagent/core";
import type { Database } from "@llamaagent/db";
import {
  type AdmitRun,
  admitRun,
  type ClaimedRun,
  claimFirst,
  createAgent,
  createRunsContext,
  createThread,
  inProcessAdapters,
  type RunsContext,
} from "@llamaagent/runs";
import { uuidv7 } from "uuidv7";
import { z } from "zod";

const anyRun: AdmitRun = { metadata: {}, input: "Hello" };

/** One new tenant with an agent `default` on an otherwise empty database. */
export interface RunsFixture {
  context: RunsContext;
  principal: Principal;
  /** All that was sent, in order. */
  hints: RunHint[];
  /** All that went to the live tail, by run. */
  published: (StoredEvent & { runId: string })[];
  admit(request?: Partial<AdmitRun>): Promise<Run>;
  thread(): Promise<string>;
  /** A worker whose row says that it lives for another hour. */
  worker(): Promise<string>;
  /** From now on the worker is dead to all others. */
  bury(workerId: string): Promise<void>;
  /** Claims a queued run, whatever stands before it: for a worker of its own, or for the one given. One at a time. */
  claim(runId: string, workerId?: string): Promise<ClaimedRun>;
  /** Admits a run and claims it. */
  claimed(request?: Partial<AdmitRun>): Promise<ClaimedRun>;
  /** The run's row, with the columns asked for. */
  row(runId: string, columns?: string): Promise<Record<string, unknown>>;
  events(runId: string): Promise<{ id: string; type: string; data: Record<string, Json> }[]>;
}

export async function createRunsFixture(
  db: Database,
  definition: Partial<z.input<typeof AgentDefinition>> = {},
): Promise<RunsFixture> {
  await db.system(async (tx) => {
    for (const table of ["run_events", "run_steps", "runs", "workers", "idempotency_keys"])
      await tx.query(`DELETE FROM ${table}`);
  });
  const tenantId = uuidv7();
  const principal: Principal = { tenantId, subject: "tester", roles: ["admin"], scopes: [] };
  const agent = AgentDefinition.parse({ name: "default", model: "test/scripted", ...definition });
  await db.tenant(tenantId, (tx) => createAgent(tx, { agentId: uuidv7(), definition: agent }));
  const hints: RunHint[] = [];
  const published: RunsFixture["published"] = [];
  const { tail, cancelSignals } = inProcessAdapters();
  const context = createRunsContext({
    db,
    hints: {
      add: async (added) => hints.push(...added) > 0,
      consume: () => ({ close: async () => {} }),
      close: async () => {},
    },
    tail: {
      ...tail,
      publish: async (batches) => {
        for (const { runId, events } of batches)
          published.push(...events.map((event) => ({ ...event, runId })));
        await tail.publish(batches);
      },
    },
    cancelSignals,
    clock: systemClock,
    newId: uuidv7,
  });

  const fixture: RunsFixture = {
    context,
    principal,
    hints,
    published,
    admit: async (request = {}) =>
      (await admitRun(context, principal, { ...anyRun, ...request })).run,
    async thread() {
      const threadId = uuidv7();
      await db.tenant(tenantId, (tx) =>
        createThread(tx, { threadId, metadata: {}, ifExists: "raise" }),
      );
      return threadId;
    },
    async worker() {
      const workerId = randomUUID();
      await db.system((tx) =>
        tx.query(
          `INSERT INTO workers (worker_id, alive_until) VALUES ($1, now() + interval '1 hour')`,
          [workerId],
        ),
      );
      return workerId;
    },
    bury: async (workerId) =>
      void (await db.system((tx) =>
        tx.query(`DELETE FROM workers WHERE worker_id = $1`, [workerId]),
      )),
    async claim(runId, workerId) {
      const { priority } = await fixture.row(runId, "priority");
      const setPriority = async (value: unknown): Promise<void> => {
        await db.system((tx) =>
          tx.query(`UPDATE runs SET priority = $2 WHERE run_id = $1`, [runId, value]),
        );
      };
      // All others have 1 or more.
      await setPriority(0);
      const owner = workerId ?? (await fixture.worker());
      try {
        const [claimed] = await claimFirst(db, owner, { priority: 1 });
        if (claimed?.run.run_id !== runId) throw new Error("the run is not claimable");
        return claimed;
      } finally {
        await setPriority(priority);
      }
    },
    async claimed(request) {
      const { run_id: runId } = await fixture.admit(request);
      return fixture.claim(runId);
    },
    async row(runId, columns = "*") {
      const [row] = await db.system((tx) =>
        tx.query<Record<string, unknown>>(`SELECT ${columns} FROM runs WHERE run_id = $1`, [runId]),
      );
      return row ?? {};
    },
    events: (runId) => storedEvents(db, runId),
  };
  return fixture;
}

const EventData = z.record(z.string(), z.json());

/** A run's durable events, in order, with their data parsed. */
export async function storedEvents(
  db: Database,
  runId: string,
): Promise<{ id: string; type: string; data: Record<string, Json> }[]> {
  const rows = await db.system((tx) =>
    tx.query<{ id: string; type: string; data: string }>(
      `SELECT epoch || '-' || seq AS id, type, data FROM run_events WHERE run_id = $1 ORDER BY epoch, seq`,
      [runId],
    ),
  );
  return rows.map(({ id, type, data }) => ({ id, type, data: EventData.parse(JSON.parse(data)) }));
}
