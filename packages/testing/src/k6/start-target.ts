import { KNOWN_KEY, storeKnownKeyIn } from "../services/known-key.ts";
import { type Client, createClient } from "@llamaagent/client";
import { migrate } from "@llamaagent/db";
import { repositoryRoot } from "../server/running-server.ts";
import { startScaledProcesses } from "../server/scaled-processes.ts";
import { startPostgres } from "../services/postgres.ts";
import { startRedis } from "../services/redis.ts";
import { spawnNode } from "../services/spawn-node.ts";

const AGENT = "load-test";

/**
 * What the scripts load: two API and two worker processes on a Postgres and a Redis of their own, with a
 * fake model server. Returns the environment that scripts find it by; `stack` closes it.
 */
export async function startTarget(stack: AsyncDisposableStack): Promise<Record<string, string>> {
  // One after the other: what runs is closed where the next does not start.
  const postgres = await startPostgres();
  stack.defer(() => postgres.close());
  const redis = await startRedis();
  stack.defer(() => redis.close());
  const model = await spawnNode(
    ["packages/testing/src/fake-openai-main.ts", "--script", "packages/testing/src/k6/k6-model.ts"],
    { cwd: repositoryRoot },
  );
  stack.defer(() => model.kill());
  const [modelUrl] = await model.waitFor(/^http:\S+$/);
  await migrate({ url: postgres.url });
  await storeKnownKeyIn(postgres.url);
  const processes = await startScaledProcesses({
    apis: 2,
    workers: 2,
    env: {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      OPENAI_BASE_URL: modelUrl,
      OPENAI_API_KEY: "fake-key",
      LLAMAAGENT_AUTH: "required",
      LLAMAAGENT_RATE_LIMIT_CALLER: "1000000",
      LLAMAAGENT_RATE_LIMIT_TENANT: "1000000",
    },
  });
  stack.defer(() => processes.close());
  const clients = processes.urls.map((url) => createClient({ url, apiKey: KNOWN_KEY }));
  await clients[0]?.agents.create({ name: AGENT, model: "openai/fake-model" });
  await Promise.all(clients.map(warmUp));
  return {
    LLAMAAGENT_URL: processes.urls.join(),
    LLAMAAGENT_API_KEY: KNOWN_KEY,
    LLAMAAGENT_AGENT: AGENT,
  };
}

/** A new process is slow at first; a load test is of servers that run. */
async function warmUp(client: Client): Promise<void> {
  for (let round = 0; round < 3; round += 1)
    await Promise.all(
      Array.from({ length: 10 }, () => client.runs.wait({ agent_id: AGENT, input: "Begin." })),
    );
}
