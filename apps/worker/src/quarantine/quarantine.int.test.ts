import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type ScaledServer, startScaledServer } from "@llamaagent/testing/server/scaled-server";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { makeVictims, startPoisonModel, type Victims } from "../test/poisoned-server.ts";

/** The model's, which asks for the tool calls. */
const answers = "SELECT FROM run_events WHERE run_id = $1 AND type = 'message.completed'";
const hasServices = inject("databaseUrl") !== undefined && inject("redisUrl") !== undefined;

describe.runIf(hasServices)("a run that has had two strikes", () => {
  let model: Awaited<ReturnType<typeof startPoisonModel>>;
  let server: ScaledServer;
  let database: pg.Client;
  let victims: Victims;

  beforeAll(async () => {
    model = await startPoisonModel();
    server = await startScaledServer({ apis: 1, workers: 0, env: model.env });
    database = new pg.Client({ connectionString: server.databaseUrl });
    await database.connect();
    victims = await makeVictims(server);
  });
  beforeEach(async () => {
    await beginWith(2);
    // One that serves on from test to test: its start takes longer than most of them.
    const last = server.workers.at(-1);
    if (last === undefined || !(await lives(last.pid))) await server.addWorker();
  });
  afterEach(async () => {
    const { rows } = await database.query("SELECT run_id FROM runs WHERE state <> 'ended'");
    for (const { run_id: runId } of rows) await victims.client.runs.cancel(runId);
  });
  afterAll(async () => {
    await database?.end();
    await server?.close();
    await model?.close();
  });

  /** Strikes that runs have when they are admitted. */
  const beginWith = (strikes: number) =>
    database.query(`ALTER TABLE runs ALTER COLUMN strikes SET DEFAULT ${strikes}`);
  const row = async (runId: string) =>
    (await database.query("SELECT strikes, epoch FROM runs WHERE run_id = $1", [runId])).rows[0];
  const worker = () => {
    const last = server.workers.at(-1);
    if (last === undefined) throw new Error("no worker was started");
    return last;
  };
  const told = (text: string, runId: string) =>
    worker().lines.filter((line) => line.includes(text) && line.includes(runId));
  /** Its process has begun the tool call. */
  async function atWork(runId: string): Promise<void> {
    await expect
      .poll(async () => (await database.query(answers, [runId])).rowCount, { timeout: 30_000 })
      .toBe(1);
  }
  const childPid = (runId: string): number => {
    const [line = ""] = told("executed in one of its own", runId);
    return Number(/"pid":(\d+)/.exec(line)?.[1]);
  };
  /** A killed orphan may stay a zombie (`Z`) for a while where process 1 does not reap at once. */
  async function lives(pid: number): Promise<boolean> {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    return !/\) Z /.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));
  }

  it("ends well where it does no harm", { timeout: 90_000 }, async () => {
    const runId = await victims.start("nap nap");
    expect(await victims.reach(runId, "ended")).toMatchObject({
      status: "success",
      output: "Done.",
    });
    expect(told("executed in one of its own", runId)).toHaveLength(1);
    expect(await row(runId)).toEqual({ strikes: 2, epoch: 1 });
  });

  it.each([
    { tool: "exit", strikes: 2, deaths: 3, how: /"exit code 0"/ },
    // Deaths that take longer. Memory ends it, or on a busy machine the watchdog, for all the garbage collection.
    { tool: "hoard", strikes: 4, deaths: 1, how: /"SIGABRT"|\(memory\)|"SIGKILL"/ },
    { tool: "spin", strikes: 4, deaths: 1, how: /\(stalled\)/ },
  ])(
    "ends as poisoned with the fifth process it ended: $tool",
    { timeout: 90_000 },
    async ({ tool, strikes, deaths, how }) => {
      await beginWith(strikes);
      const runId = await victims.start(tool);
      expect(await victims.reach(runId, "ended", 80)).toMatchObject({
        status: "error",
        stop_reason: "poisoned",
        error: { code: "poisoned" },
      });
      expect(await row(runId)).toEqual({ strikes: 5, epoch: deaths + 1 });
      const lines = told("the process of a run has died", runId);
      expect(lines).toHaveLength(deaths);
      for (const line of lines) expect(line).toMatch(how);
      expect(told("one strike more", runId)).toHaveLength(deaths - 1);
      expect(told("its last strike", runId)).toHaveLength(1);
    },
  );

  it("is cancelled in its process", { timeout: 60_000 }, async () => {
    const runId = await victims.start("hold");
    await atWork(runId);
    await victims.client.runs.cancel(runId);
    expect(await victims.reach(runId, "ended", 5)).toMatchObject({ stop_reason: "cancelled" });
    expect(await row(runId)).toEqual({ strikes: 2, epoch: 1 });
  });

  it("goes on where signals reach its process too", { timeout: 60_000 }, async () => {
    const runId = await victims.start("hold");
    await atWork(runId);
    const pid = childPid(runId);
    for (const signal of ["SIGTERM", "SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.kill(pid, signal);
      // Later than what would be taken for one with the first.
      await sleep(1_100);
    }
    expect(await lives(pid)).toBe(true);
    await victims.client.runs.cancel(runId);
    expect(await victims.reach(runId, "ended", 5)).toMatchObject({ stop_reason: "cancelled" });
    expect(await row(runId)).toEqual({ strikes: 2, epoch: 1 });
  });

  it("has its process end with the worker, which is no strike", { timeout: 90_000 }, async () => {
    const runId = await victims.start("hold");
    await atWork(runId);
    const pid = childPid(runId);
    expect(await lives(pid)).toBe(true);
    await worker().kill("SIGKILL");
    await expect.poll(() => lives(pid), { timeout: 5_000 }).toBe(false);
    await server.addWorker();
    await expect.poll(async () => (await row(runId)).epoch, { timeout: 30_000 }).toBe(2);
    await victims.client.runs.cancel(runId);
    expect(await victims.reach(runId, "ended")).toMatchObject({ stop_reason: "cancelled" });
    expect(await row(runId)).toMatchObject({ strikes: 2 });
  });

  it("is handed back where the worker is told to stop", { timeout: 90_000 }, async () => {
    const runId = await victims.start("hold");
    await atWork(runId);
    const stoppedAt = performance.now();
    await worker().kill("SIGTERM");
    expect(performance.now() - stoppedAt).toBeLessThan(25_000);
    expect(await worker().exited).toEqual({ code: 0, signal: null });
    expect(await victims.client.runs.get(runId)).toMatchObject({ state: "queued" });
    expect(await row(runId)).toEqual({ strikes: 2, epoch: 1 });
  });

  it(
    "begins nothing where that is told while its process starts",
    { timeout: 90_000 },
    async () => {
      const runId = await victims.start("hold");
      const isClaimed = async () => (await row(runId)).epoch;
      await expect.poll(isClaimed, { timeout: 10_000, interval: 20 }).toBe(1);
      await worker().kill("SIGTERM");
      expect(await worker().exited).toEqual({ code: 0, signal: null });
      expect(told("executed in one of its own", runId)).toHaveLength(1);
      expect(await victims.client.runs.get(runId)).toMatchObject({ state: "queued" });
      expect((await database.query(answers, [runId])).rowCount).toBe(0);
    },
  );
});
