import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@llamaagent/client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type FakeOpenAi, startFakeOpenAi } from "../fake-openai.ts";
import { type ScaledServer, startScaledServer } from "../server/scaled-server.ts";
import { createWebhookReceiver, type WebhookReceiver } from "../services/webhook-receiver.ts";
import { reportFigures } from "./report-figures.ts";

const RUNS = 12;
const DOWN_SECONDS = 30;

interface Told {
  type: string;
  event_id: string;
  run: { run_id: string; state: string };
}

describe.runIf(inject("databaseUrl") && inject("redisUrl"))("webhooks", () => {
  let model: FakeOpenAi;
  let server: ScaledServer;
  let receiver: WebhookReceiver;
  let client: Client;

  beforeAll(async () => {
    // First a call whose outcome stays unknown: the run pauses, and ends when that is settled.
    model = await startFakeOpenAi({
      script: [{ toolCalls: [{ name: "hang", arguments: {} }] }, { text: "Done." }],
    });
    server = await startScaledServer({
      apis: 1,
      workers: 2,
      env: {
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: "fake-key",
        LLAMAAGENT_PLUGINS: "./packages/testing/src/durability/hanging-plugin.ts",
        LLAMAAGENT_FETCH_ALLOW: "127.0.0.0/8",
      },
    });
    receiver = await createWebhookReceiver();
    const [first] = server.clients;
    if (!first) throw new Error("no client");
    client = first;
    await client.agents.create({ name: "paused", model: "openai/fake-model", tools: ["hang"] });
  });
  afterAll(async () => {
    await receiver?.stop();
    await server?.close();
    await model?.close();
  });

  it(`tell a receiver that was down for ${DOWN_SECONDS} s of every event, signed, in order`, async () => {
    const created = await Promise.all(
      Array.from({ length: RUNS }, () =>
        client.runs.create({
          agent_id: "paused",
          input: "go",
          webhook: receiver.url,
          webhook_events: ["run.paused", "run.completed"],
        }),
      ),
    );
    const downSince = performance.now();
    for (const { run_id: runId } of created) {
      const { run } = await client.runs.wait(runId);
      expect(run.stop_reason).toBe("effect_unknown");
      await client.runs.resume(runId, { step_key: "model/0/tools/0", outcome: "done" });
    }
    // A worker dies while its receivers are down: what it had is sent by the other.
    await server.workers[0]?.kill("SIGKILL");
    await Promise.all(created.map(({ run_id: runId }) => client.runs.wait(runId)));
    await sleep(Math.max(0, DOWN_SECONDS * 1_000 - (performance.now() - downSince)));
    expect(receiver.received).toEqual([]);
    await receiver.start();
    await expect.poll(() => told().size, { timeout: 90_000, interval: 500 }).toBe(2 * RUNS);

    const { items: keys } = await client.webhooks.keys();
    const secret = Buffer.from(keys[0]?.secret.slice("whsec_".length) ?? "", "base64");
    for (const { id, timestamp, signature, body } of receiver.received) {
      const mac = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`);
      expect(signature).toBe(`v1,${mac.digest("base64")}`);
      expect(Math.abs(Number(timestamp) * 1_000 - Date.now())).toBeLessThan(120_000);
    }
    for (const { run_id: runId } of created) {
      const types = [...told().values()].filter(({ run }) => run.run_id === runId);
      expect(types.map(({ type }) => type)).toEqual(["run.paused", "run.completed"]);
    }
    const { items } = await client.webhooks.deliveries({ runId: created[0]?.run_id, limit: 100 });
    expect(items.filter(({ status_code: status }) => status === 200)).toHaveLength(2);
    expect(items.filter(({ error }) => /ECONNREFUSED/.test(error ?? "")).length).toBeGreaterThan(0);
    reportFigures(
      `webhooks: ${RUNS} runs, receiver down ${DOWN_SECONDS} s, ${receiver.received.length} requests for ${2 * RUNS} events`,
    );
  }, 240_000);

  /** By webhook-id, as a receiver that knows repeats keeps them; in the order of their first arrival. */
  function told(): Map<string, Told> {
    const byId = new Map<string, Told>();
    for (const { id, body } of receiver.received)
      if (!byId.has(id)) byId.set(id, JSON.parse(body) as Told);
    return byId;
  }
});
