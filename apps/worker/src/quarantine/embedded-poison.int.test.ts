import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeVictims, startPoisonModel } from "../test/poisoned-server.ts";

let model: Awaited<ReturnType<typeof startPoisonModel>>;
let server: EmbeddedServer;
beforeAll(async () => {
  model = await startPoisonModel();
  server = await startEmbeddedServer(model.env);
});
afterAll(async () => {
  await server?.close();
  await model?.close();
});

it(
  "the embedded server ends a run with its fifth strike, and its neighbours end well",
  { timeout: 120_000 },
  async () => {
    const victims = await makeVictims(server);
    const { client } = victims;
    const neighbours = [await victims.start("nap nap"), await victims.start("nap nap nap")];
    const poison = await victims.start("exit");
    let deaths = 0;
    for (;;) {
      const died = await Promise.race([
        server.workers[0]?.exited.then(() => true),
        client.runs.wait(poison).then(
          () => false,
          () => true,
        ),
      ]);
      if (!died) break;
      await server.workers[0]?.exited;
      deaths += 1;
      await server.killAndRestart();
    }
    // One more where it had stored its one step, the model's answer, before it died alone.
    expect([5, 6]).toContain(deaths);
    expect(await client.runs.get(poison)).toMatchObject({
      status: "error",
      stop_reason: "poisoned",
    });
    for (const runId of neighbours)
      expect((await client.runs.wait(runId)).run).toMatchObject({ status: "success" });
  },
);
