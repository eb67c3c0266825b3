import { setTimeout as sleep } from "node:timers/promises";
import type { Client, ScheduleFiringList } from "@llamaagent/client";
import pg from "pg";
import { afterEach, expect, inject, it, vi } from "vitest";
import { startEmbeddedServer } from "../server/embedded-server.ts";
import type { RunningServer } from "../server/running-server.ts";
import { type ScaledServer, startScaledServer } from "../server/scaled-server.ts";
import { hasShiftedClocks, shiftedClock } from "../services/shifted-clock.ts";
import { reportFigures } from "./report-figures.ts";

let server: RunningServer | undefined;
afterEach(() => server?.close());

const isScaledThere = inject("databaseUrl") !== undefined && inject("redisUrl") !== undefined;

async function startWorkers(offSeconds: readonly number[]): Promise<ScaledServer> {
  const scaled = await startScaledServer({ apis: 1, workers: 0, env: { WORKER_SLOTS: "4" } });
  server = scaled;
  await Promise.all(offSeconds.map((seconds) => scaled.addWorker(shiftedClock(seconds))));
  return scaled;
}

function clientOf({ clients }: RunningServer): Client {
  const [client] = clients;
  if (client === undefined) throw new Error("there is no API");
  return client;
}

async function countRuns({ databaseUrl }: ScaledServer): Promise<number | undefined> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  const { rows } = await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM runs`);
  await database.end();
  return rows[0]?.n;
}

type Firing = ScheduleFiringList["items"][number];

/** Fires each second until so many moments have passed; `meanwhile` begins with the schedule. */
async function fireEachSecond(
  client: Client,
  moments: number,
  meanwhile: () => Promise<unknown>,
): Promise<{ first: string; firings: Firing[] }> {
  await client.agents.create({ name: "ticker", model: "offline/extractive" });
  const schedule = await client.schedules.create({
    cron: "* * * * * *",
    run: { agent_id: "ticker", input: "What is 6 * 7?" },
  });
  const [first = ""] = schedule.next_firings;
  const disturbed = meanwhile();
  const log = () => client.schedules.firings(schedule.schedule_id, { limit: 100 });
  await vi.waitFor(async () => expect((await log()).items.length).toBeGreaterThanOrEqual(moments), {
    timeout: 180_000,
    interval: 500,
  });
  await disturbed;
  await client.schedules.update(schedule.schedule_id, { enabled: false });
  const { items, next_cursor: more } = await log();
  expect(more).toBeUndefined();
  return { first, firings: items.toReversed() };
}

/** Every moment once, each with a run of its own that ended. */
async function expectEachOnce(
  client: Client,
  { first, firings }: { first: string; firings: readonly Firing[] },
): Promise<void> {
  const begin = Date.parse(first);
  expect(firings.map(({ due_at: dueAt }) => dueAt)).toEqual(
    firings.map((_, n) => new Date(begin + n * 1_000).toISOString()),
  );
  expect(firings.filter(({ outcome }) => outcome !== "started")).toEqual([]);
  const ids = firings.map(({ run_id: runId }) => runId ?? "");
  expect(new Set(ids).size).toBe(firings.length);
  for (const id of ids)
    expect((await client.runs.wait(id)).run).toMatchObject({ status: "success", state: "ended" });
  const late = firings.map(({ due_at, fired_at }) => Date.parse(fired_at) - Date.parse(due_at));
  reportFigures(`${firings.length} firings, none twice; the latest ${Math.max(...late)} ms late`);
}

it.runIf(isScaledThere)(
  "fires each second of a minute once, with three workers of which one is killed",
  { timeout: 300_000 },
  async () => {
    const running = await startWorkers([0, 0, 0]);
    const client = clientOf(running);
    const [victim] = running.workers;
    const fired = await fireEachSecond(client, 60, async () => {
      await sleep(20_000);
      await victim?.kill("SIGKILL");
    });
    await expectEachOnce(client, fired);
    expect(await countRuns(running)).toBe(fired.firings.length);
  },
);

it.runIf(isScaledThere && (hasShiftedClocks() || process.env["REQUIRE_SERVICES"]))(
  "fires each moment once, and not early, with workers whose clocks are off by half a minute",
  { timeout: 300_000 },
  async () => {
    const running = await startWorkers([30, -30]);
    const client = clientOf(running);
    const fired = await fireEachSecond(client, 30, async () => {});
    await expectEachOnce(client, fired);
    expect(await countRuns(running)).toBe(fired.firings.length);
    for (const { due_at: dueAt, fired_at: firedAt } of fired.firings)
      expect(Date.parse(firedAt)).toBeGreaterThanOrEqual(Date.parse(dueAt));
  },
);

it(
  "makes up for the seconds in which an embedded server was dead",
  { timeout: 300_000 },
  async () => {
    const embedded = await startEmbeddedServer({});
    server = embedded;
    const client = clientOf(embedded);
    const fired = await fireEachSecond(client, 20, async () => {
      await sleep(5_000);
      await embedded.killAndRestart();
    });
    await expectEachOnce(client, fired);
  },
);
