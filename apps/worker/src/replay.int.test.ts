import { loadProgress, noProgress, resumeRun, sweepRuns } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import {
  beginningsAndEnds,
  contents,
  deltas,
  expectIds,
  type Logged,
  parsed,
  readAlong,
  usages,
  view,
  withoutVoid,
} from "./test/logged-events.ts";
import { createMortality, liveAndDie } from "./test/mortal-worker.ts";
import { replayScenario, type World } from "./test/replay-scenario.ts";

interface Story {
  world: World;
  /** Points passed in each life. */
  passed: number[];
  stored: Logged[];
  /** What a reader of the live tail saw, in order. */
  live: Logged[];
  /** For each life, the steps that were done when it began. */
  doneBefore: string[][];
  /** The message id of each step that was done, whenever it was looked at. */
  messageIds: Map<string, Set<string>>;
}

onEachDatabase((database) => {
  let runs: RunsFixture;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let baseline: Story;
  beforeAll(async () => {
    folder = await temporaryFolder("replay");
    runs = await createRunsFixture(database(), {
      tools: ["look", "put", "send"],
      limits: { timeout_seconds: 3_600 },
    });
    baseline = await tell([]);
  });
  afterAll(() => folder.remove());

  /** Executes one run; its n-th life ends at the n-th kill point, where there is one. */
  async function tell(kills: readonly number[], loseAnswer?: number): Promise<Story> {
    const { run_id: runId } = await runs.admit({ input: "Do it" });
    const world: World = { executions: [], effects: [] };
    const live: Logged[] = [];
    const passed: number[] = [];
    const doneBefore: string[][] = [];
    const messageIds = new Map<string, Set<string>>();
    for (;;) {
      const life = passed.length;
      const { state } = await runs.row(runId, "state");
      if (state === "ended") break;
      if (state === "waiting") {
        await settle(runId, world);
        continue;
      }
      expect(life).toBeLessThan(20);
      const workerId = await runs.worker();
      const claimed = await runs.claim(runId, workerId);
      const { fence } = claimed;
      const { steps } = fence.epoch > 1 ? await loadProgress(database(), fence) : noProgress;
      doneBefore[life] = [...steps].flatMap(([key, { state: s }]) => (s === "done" ? [key] : []));
      const mortality = createMortality(kills[life] ?? Infinity);
      await liveAndDie({
        context: runs.context,
        claimed,
        ...replayScenario(world, life, mortality),
        mortality,
        onPublished: (events) => live.push(...events.map(parsed)),
        workspaceRoot: folder.path,
        ...(loseAnswer === undefined ? {} : { loseAnswer }),
      });
      passed.push(mortality.passed);
      await noteMessageIds(runId, messageIds);
      await runs.bury(workerId);
      // A commit that was under way when the process died still holds the row: the next sweep then.
      do await sweepRuns(runs.context, { mayTakeOver: true });
      while ((await runs.row(runId, "state"))["state"] === "running");
    }
    const stored = await runs.events(runId);
    return { world, passed, stored, live, doneBefore, messageIds };
  }

  /** A person looks whether the effect took place, and says so. */
  async function settle(runId: string, { effects }: World): Promise<void> {
    const paused = (await runs.events(runId)).findLast(({ type }) => type === "run.paused");
    for (const key of z.array(z.string()).parse(paused?.data["step_keys"]))
      await resumeRun(
        runs.context,
        runs.principal,
        runId,
        effects.includes(`${runId}:${key}`)
          ? { step_key: key, outcome: "done", output: { did: "send" } }
          : { step_key: key, outcome: "not_done" },
      );
  }

  async function noteMessageIds(runId: string, ids: Map<string, Set<string>>): Promise<void> {
    const rows = await database().system((tx) =>
      tx.query<{ step_key: string; id: string }>(
        `SELECT e.step_key, e.data::json ->> 'message_id' AS id FROM run_events e JOIN run_steps s USING (tenant_id, run_id, step_key)
         WHERE run_id = $1 AND e.type = 'message.completed' AND s.state = 'done'`,
        [runId],
      ),
    );
    for (const row of rows) ids.set(row.step_key, (ids.get(row.step_key) ?? new Set()).add(row.id));
  }

  function expectWhole(story: Story): void {
    const { stored, live, world } = story;
    expectIds(stored);
    const kept = withoutVoid(stored);
    expect(usages(kept)).toEqual(usages(baseline.stored));
    expect(beginningsAndEnds(kept)).toEqual([...new Set(beginningsAndEnds(kept))]);
    for (const [id, text] of contents(kept)) expect(deltas(kept, id)).toBe(text);
    expect(view(stored)).toEqual(view(baseline.stored));
    // A reader of the tail that also saw what was never stored ends with the same.
    expect(view(readAlong(live, stored))).toEqual(view(baseline.stored));

    for (const [life, done] of story.doneBefore.entries())
      for (const step of done)
        expect(world.executions.filter((e) => e.life >= life && e.step === step)).toEqual([]);
    for (const step of ["model/0/tools/2", "model/1/tools/0"])
      expect(world.effects.filter((key) => key.endsWith(step))).toHaveLength(1);
    for (const ids of story.messageIds.values()) expect(ids.size).toBe(1);
  }

  it("ends alike when nothing goes wrong", () => {
    expectWhole(baseline);
    expect(view(baseline.stored)).toMatchObject({
      state: "ended",
      output: "Done: all of it",
      usage: { input_tokens: 30, output_tokens: 15 },
    });
    expect(baseline.passed[0]).toBeGreaterThan(40);
  });

  it("ends alike after a kill at every single point", { timeout: 600_000 }, async () => {
    const points = baseline.passed[0] ?? 0;
    for (let kill = 1; kill <= points; kill++) {
      const story = await tell([kill]);
      try {
        expectWhole(story);
      } catch (error) {
        throw new Error(`killed at point ${kill}\n${lines(story)}`, { cause: error });
      }
    }
  });

  it("ends alike in one life where the outcome of one commit is not known", async () => {
    for (let transaction = 1; transaction <= 12; transaction++) {
      const story = await tell([], transaction);
      expectWhole(story);
      expect(story.passed).toHaveLength(1);
    }
  });

  it("ends alike after several kills in a row", { timeout: 600_000 }, async () => {
    let seed = 20_261_124;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return 1 + (seed % below);
    };
    for (let round = 0; round < 25; round++) {
      const kills = [next(50), next(30), next(20)];
      const story = await tell(kills);
      try {
        expectWhole(story);
      } catch (error) {
        throw new Error(`killed at ${kills.join(", ")}\n${lines(story)}`, { cause: error });
      }
    }
  });
});

const lines = ({ stored }: Story) =>
  stored.map(({ id, type, data }) => `${id} ${type} ${JSON.stringify(data)}`).join("\n");
