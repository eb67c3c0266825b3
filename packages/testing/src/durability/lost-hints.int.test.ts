import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import { type ScaledServer, startScaledServer } from "../server/scaled-server.ts";
import { longestPause, type Start, startsBehindTurn } from "./behind-its-turn.ts";
import { reportFigures } from "./report-figures.ts";

const RUNS = 2_000;
const AT_ONCE = 50;

describe.runIf(inject("databaseUrl") && inject("redisUrl"))("hints that are lost", () => {
  let model: FakeOpenAi;
  let server: ScaledServer;
  let database: pg.Client;

  beforeAll(async () => {
    model = await startFakeOpenAi({ script: [{ text: "Done.", delayMs: 100 }] });
    server = await startScaledServer({
      apis: 2,
      workers: 0,
      env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "fake-key" },
    });
    database = new pg.Client({ connectionString: server.databaseUrl });
    await database.connect();
    await server.clients[0]?.agents.create({ name: "short", model: "openai/fake-model" });
  });
  afterAll(async () => {
    await database?.end();
    await server?.close();
    await model?.close();
  });

  /** Queues the runs, over both replicas. */
  async function queueRuns(): Promise<Set<string>> {
    const ids = new Set<string>();
    while (ids.size < RUNS) {
      const created = await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, index) =>
          server.clients[index % 2]?.runs.create({ agent_id: "short", input: "go" }),
        ),
      );
      for (const run of created) if (run) ids.add(run.run_id);
    }
    return ids;
  }

  async function ended(): Promise<number> {
    const { rows } = await database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM runs WHERE state = 'ended'`,
    );
    return rows[0]?.n ?? 0;
  }

  const startsOf = (ids: Iterable<string>): Promise<Start[]> =>
    startsBehindTurn(async (sql, values) => (await database.query<Start>(sql, values)).rows, ids);

  const latest = (starts: readonly Start[]): number => Math.max(...starts.map(({ late }) => late));

  async function untilEnded(count: number): Promise<void> {
    while ((await ended()) < count) await sleep(250);
  }

  it(
    "delay a run by less than 15 s beyond its turn where a worker dies between fetch and claim",
    { timeout: 240_000 },
    async () => {
      const ids = await queueRuns();
      // With one slot and four handlers, hints are fetched long before their runs are claimed.
      const dying = await server.addWorker({ WORKER_SLOTS: "1" });
      await server.addWorker();
      await untilEnded(200);
      const redis = new Redis(server.redis.url);
      const jobIds = await redis.lrange("llamaagent:runs:active", 0, -1);
      await dying.kill("SIGKILL");
      await redis.quit();
      // They begin with a run id, and are of both workers: whose a hint is, its lock alone tells.
      const held = new Set(jobIds.map((jobId) => jobId.slice(0, 36)));
      expect(held.size).toBeGreaterThan(0);
      await untilEnded(RUNS);
      const starts = await startsOf(ids);
      const heldStarts = starts.filter(({ runId }) => held.has(runId));
      const [late, pause] = [latest(heldStarts), longestPause(starts)];
      reportFigures(
        `worker killed, ${held.size} hints held: latest start of these ${late} s behind its turn, longest pause between starts ${pause} s`,
      );
      expect(heldStarts).toHaveLength(held.size);
      expect(late).toBeLessThan(15);
      expect(pause).toBeLessThan(15);
    },
  );

  it("delay no run by 15 s beyond its turn after FLUSHALL", { timeout: 240_000 }, async () => {
    const before = await ended();
    // Nobody claims while they are queued: priority, and so the turn, follows the order of admission.
    for (const worker of server.workers) await worker.kill("SIGTERM");
    const ids = await queueRuns();
    const redis = new Redis(server.redis.url);
    await redis.flushall();
    await redis.quit();
    await server.addWorker();
    await server.addWorker();
    await untilEnded(before + RUNS);
    const starts = await startsOf(ids);
    const [late, pause] = [latest(starts), longestPause(starts)];
    reportFigures(
      `FLUSHALL with ${RUNS} queued: latest start ${late} s behind its turn, longest pause between starts ${pause} s`,
    );
    expect(late).toBeLessThan(15);
    expect(pause).toBeLessThan(15);
  });
});
