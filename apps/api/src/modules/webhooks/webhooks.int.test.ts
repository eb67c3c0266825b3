import { type Client, createClient } from "@llamaagent/client";
import { createTestAgents } from "@llamaagent/testing/api/test-agents";
import { type TestApi, topologies } from "@llamaagent/testing/api/topologies";
import {
  createWebhookReceiver,
  type WebhookReceiver,
} from "@llamaagent/testing/services/webhook-receiver";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

/** As a body has them. */
interface Told {
  type: string;
  run: { run_id: string };
}

describe.each(topologies)("a webhook, $name", ({ isThere, start }) => {
  let api: TestApi;
  let client: Client;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    if (!isThere) return;
    receiver = await createWebhookReceiver();
    await receiver.start();
    const fetchAllowance = {
      allows: ({ address }: { address: string }) => address === "127.0.0.1",
      mayAllow: () => true,
      lists: () => false,
    };
    api = await start({ fetchAllowance });
    client = createClient({ url: api.url });
    await createTestAgents(api.url, ["hello", "broken"]);
    await api.startWorker({ webhooks: true });
  });
  afterAll(async () => {
    await api?.close();
    await receiver?.stop();
  });

  const toldOf = (runId: string): string[] =>
    receiver.received
      .map(({ body }) => JSON.parse(body) as Told)
      .flatMap(({ type, run }) => (run.run_id === runId ? [type] : []));
  const told = (runId: string, types: string[]) =>
    expect.poll(() => toldOf(runId), { timeout: 20_000 }).toEqual(types);

  it.runIf(isThere)(
    "is told of the end of a retry, which has all that its run asked for",
    async () => {
      const asked = {
        metadata: { ticket: 17 },
        priority: 3,
        on_completion: "keep" as const,
        webhook: receiver.url,
        webhook_events: ["run.failed" as const],
      };
      const { run } = await client.runs.wait({
        agent_id: "broken",
        thread_id: uuidv7(),
        if_not_exists: "create",
        ...asked,
      });
      await told(run.run_id, ["run.failed"]);
      const again = await client.runs.retry(run.run_id);
      expect(again).toMatchObject(asked);
      await told(again.run_id, ["run.failed"]);
      expect(toldOf(run.run_id)).toEqual(["run.failed"]);
    },
  );

  it.runIf(isThere)("is told of the end of each run that a schedule started", async () => {
    const { schedule_id: id } = await client.schedules.create({
      cron: "* * * * * *",
      run: { agent_id: "hello", input: "Good morning", webhook: receiver.url },
    });
    await vi.waitFor(
      async () => expect((await client.schedules.firings(id)).items.length).toBeGreaterThan(1),
      { timeout: 20_000, interval: 200 },
    );
    await client.schedules.update(id, { enabled: false });
    const { items } = await client.schedules.firings(id);
    const started = items.filter(({ outcome }) => outcome === "started");
    expect(started).not.toEqual([]);
    for (const { run_id: runId = "" } of started) await told(runId, ["run.completed"]);
  });
});
