import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvent } from "@llamaagent/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../server/embedded-server.ts";
import { patientClient } from "../server/running-server.ts";
import { type EffectServer, startEffectServer } from "./effect-server.ts";
import { fourStepScript, type ModelCall } from "./four-step-script.ts";
import { reportFigures } from "./report-figures.ts";
import { faultsOfRun, streamFaults } from "./run-facts.ts";
import { seededRandom, testSeed } from "./seeded-random.ts";
import { createSettlements, waitingFaults } from "./settlements.ts";

const RUNS = 100;
const KILLS = 20;

describe("the embedded server, killed again and again", () => {
  let effects: EffectServer;
  let model: FakeOpenAi;
  let server: EmbeddedServer;
  const calls: ModelCall[] = [];
  const seed = testSeed();

  beforeAll(async () => {
    reportFigures(`embedded-kill: TEST_SEED=${seed}`);
    effects = await startEffectServer();
    const random = seededRandom(seed);
    const script = fourStepScript({ effects: effects.url, calls, delayMs: 150, random });
    model = await startFakeOpenAi({ script });
    server = await startEmbeddedServer({
      LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/effects-plugin.ts",
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: "fake-key",
      // Few at once, so that the runs last as long as the kills do.
      WORKER_SLOTS: "4",
    });
  });
  afterAll(async () => {
    await server?.close();
    await model?.close();
    await effects?.close();
  });

  /** The next unsafe call is under way; or there was none for 5 s. */
  async function unsafeCallBegun(): Promise<void> {
    const begun = (): number =>
      effects.lines.filter(({ tool, phase }) => tool === "write_once" && phase === "begun").length;
    const before = begun();
    for (let waited = 0; waited < 5_000 && begun() === before; waited += 10) await sleep(10);
  }

  it(
    "ends each of 100 runs once, repeats no finished step and no unsafe effect",
    { timeout: 300_000 },
    async () => {
      const client = patientClient(server.urls[0] ?? "");
      await client.agents.create({
        name: "four-steps",
        model: "openai/fake-model",
        tools: ["read_slowly", "write_once"],
      });
      const runs = await Promise.all(
        Array.from({ length: RUNS }, async (_, index) => {
          const label = `run ${index}`;
          const run = await client.runs.create({ agent_id: "four-steps", input: label });
          return { id: run.run_id, label };
        }),
      );

      // A reader from before the first kill, which must see the end.
      const watched = runs[RUNS - 1] ?? { id: "", label: "" };
      const read: RunEvent[] = [];
      const started = Promise.withResolvers<void>();
      const reading = (async () => {
        for await (const event of client.runs.stream(watched.id)) {
          read.push(event);
          started.resolve();
        }
      })();
      await started.promise;

      // Its own numbers: how often the model is called says nothing of when the server dies.
      const random = seededRandom(seed + 1);
      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(300 + random() * 2_700);
        // Every second one is aimed: the others seldom meet the one call that must not be repeated.
        if (kill % 2 === 1) await unsafeCallBegun();
        await server.killAndRestart();
      }

      const pending = new Set(runs.map(({ id }) => id));
      const states = await Promise.all(
        runs.map(async ({ id }) => (await client.runs.get(id)).state),
      );
      // Every kill met runs at work: they are not even done now.
      expect(states.filter((state) => state !== "ended").length).toBeGreaterThan(0);
      const settlements = createSettlements(client);
      while (pending.size > 0) {
        for (const id of pending) {
          const { state } = await client.runs.get(id);
          if (state === "ended") pending.delete(id);
          if (state === "waiting") await settlements.settleByTruth(id, effects.lines);
        }
        await sleep(200);
      }
      await reading;

      const settled = settlements.made.length;
      const outside = { calls, effects: effects.lines, settlements: settlements.made };
      const faults = await Promise.all(runs.map((run) => faultsOfRun(client, run, outside)));
      expect(faults.flat()).toEqual([]);
      expect(waitingFaults(settlements.made)).toEqual([]);
      expect(streamFaults(read)).toEqual([]);
      expect(read.at(-1)?.type).toBe("run.completed");
      // The test has met what it is about: some calls were cut off and made again.
      expect(calls.length).toBeGreaterThan(RUNS * 3);
      expect(settled).toBeGreaterThan(0);
      reportFigures(
        `${RUNS} runs, ${KILLS} kills: ${calls.length} model calls for ${RUNS * 3} answers, ${settled} unknown outcomes settled`,
      );
    },
  );
});
