import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import type { RunEvent } from "@llamaagent/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../server/embedded-server.ts";
import { patientClient } from "../server/running-server.ts";
import { temporaryFolder, type TemporaryFolder } from "../services/temporary-folder.ts";
import { fourStepScript, type ModelCall } from "./four-step-script.ts";
import { faultsOfRun, readEffects, settleUnknown, streamFaults } from "./run-facts.ts";

const RUNS = 100;
const KILLS = 20;

describe("the embedded server, killed again and again", () => {
  let folder: TemporaryFolder;
  let model: FakeOpenAi;
  let server: EmbeddedServer;
  const calls: ModelCall[] = [];
  const effectsFile = (): string => join(folder.path, "effects.jsonl");

  beforeAll(async () => {
    folder = await temporaryFolder("embedded-kill");
    const script = fourStepScript({ effectsFile: effectsFile(), calls, delayMs: 150 });
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
    await server.close();
    await model.close();
    await folder.remove();
  });

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

      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(300 + Math.random() * 2_700);
        await server.killAndRestart();
      }

      const pending = new Set(runs.map(({ id }) => id));
      const states = await Promise.all(
        runs.map(async ({ id }) => (await client.runs.get(id)).state),
      );
      // Every kill met runs at work: they are not even done now.
      expect(states.filter((state) => state !== "ended").length).toBeGreaterThan(0);
      let settled = 0;
      while (pending.size > 0) {
        for (const id of pending) {
          const { state } = await client.runs.get(id);
          if (state === "ended") pending.delete(id);
          if (state === "waiting")
            settled += await settleUnknown(client, id, await readEffects(effectsFile()));
        }
        await sleep(200);
      }
      await reading;

      const outside = { calls, effects: await readEffects(effectsFile()) };
      const faults = await Promise.all(runs.map((run) => faultsOfRun(client, run, outside)));
      expect(faults.flat()).toEqual([]);
      expect(streamFaults(read)).toEqual([]);
      expect(read.at(-1)?.type).toBe("run.completed");
      // The test has met what it is about: some calls were cut off and made again.
      expect(calls.length).toBeGreaterThan(RUNS * 3);
      expect(settled).toBeGreaterThan(0);
      console.log(
        `${RUNS} runs, ${KILLS} kills: ${calls.length} model calls for ${RUNS * 3} answers, ${settled} unknown outcomes settled`,
      );
    },
  );
});
