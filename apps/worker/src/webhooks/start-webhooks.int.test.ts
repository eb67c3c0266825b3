import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cancelRun, listDeliveries } from "@llamaagent/runs";
import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { knownEnvelope } from "@llamaagent/testing/services/known-master-key";
import { scriptedModel } from "@llamaagent/testing/scripted-model";
import { type FetchAllowance, fetchSettings, nothingAllowed } from "@llamaagent/tools/manifest";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { createWorkerFixture, type WorkerFixture } from "../test/worker-fixture.ts";
import { startWebhooks } from "./start-webhooks.ts";

onEachDatabase((database) => {
  let connections = 0;
  const receiver = createServer((_request, response) => response.end());
  receiver.on("connection", () => (connections += 1));
  let url = "";
  beforeAll(async () => {
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`; // it listens on a port
  });
  afterAll(() => {
    receiver.closeAllConnections();
    receiver.close();
  });

  let runs: RunsFixture;
  let workers: WorkerFixture;
  let webhooks: ReturnType<typeof startWebhooks> | undefined;
  beforeEach(async () => {
    connections = 0;
    await database().system((tx) => tx.query(`DELETE FROM tasks`));
    runs = await createRunsFixture(database());
    workers = await createWorkerFixture(runs, { model: scriptedModel([]) });
  });
  afterEach(async () => {
    await workers.stop();
    await webhooks?.close();
  });

  /** What is logged first of a run's end. The run is stored without the API, which would refuse the URL. */
  async function firstDelivery(allowance: FetchAllowance) {
    const { run_id: runId } = await runs.admit({ webhook: { url, events: ["run.cancelled"] } });
    await cancelRun(runs.context, runs.principal, runId);
    webhooks = startWebhooks({ ...runs.context, envelope: knownEnvelope }, allowance);
    await workers.start({ taskHandlers: webhooks.handlers });
    return vi.waitFor(async () => {
      const logged = await database().tenant(runs.principal.tenantId, (tx) =>
        listDeliveries(tx, { runId, limit: 10 }),
      );
      const first = logged.at(-1);
      if (first === undefined) throw new Error("nothing is logged yet");
      return first;
    }, 10_000);
  }

  it("a run's webhook inside is not connected to, and the log says why", async () => {
    const { status_code: status, error } = await firstDelivery(nothingAllowed);
    expect(error).toBe("127.0.0.1 is not an address of the public internet");
    expect([status, connections]).toEqual([undefined, 0]);
  });

  it("one that the operator allows is told", async () => {
    const { LLAMAAGENT_FETCH_ALLOW: allowance } = fetchSettings.parse({
      LLAMAAGENT_FETCH_ALLOW: "127.0.0.0/8",
    });
    const { status_code: status, error } = await firstDelivery(allowance);
    expect([status, error, connections]).toEqual([200, undefined, 1]);
  });
});
