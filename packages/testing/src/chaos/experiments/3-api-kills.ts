import { setTimeout as sleep } from "node:timers/promises";
import { recordRedisCommands } from "../../services/redis-commands.ts";
import type { SentCommand } from "../../services/redis-monitor.ts";
import { createStallingProxy, type StallingProxy } from "../../services/stalling-proxy.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { defineExperiment } from "../experiment.ts";
import { percentile } from "../load/percentile.ts";
import { secondsToStart } from "../load/seconds-to-start.ts";
import { oneAnswer } from "../plan/five-steps.ts";

const APIS = 3;

export const apiKills = defineExperiment({
  number: 3,
  name: "the API killed between commit and hint",
  async run(chaos) {
    const proxies: StallingProxy[] = [];
    const cluster = await chaos.startCluster({
      apis: APIS,
      workers: 2,
      // Each replica reaches Redis through a proxy of its own.
      async envOf({ redisUrl }) {
        for (let n = 0; n < APIS; n += 1) {
          const proxy = await createStallingProxy(redisUrl);
          proxies.push(proxy);
          chaos.atEnd(() => proxy.close());
        }
        return (app, index) => (app === "api" ? { REDIS_URL: proxies[index]?.url } : {});
      },
    });
    const redis = await recordRedisCommands(cluster.stores.redisUrl);
    chaos.atEnd(() => redis.close());
    const starting = cluster.apis.map((): Promise<unknown> => Promise.resolve());
    const killed: string[] = [];
    const kills = chaos.scale(9, 100);
    for (let n = 0; n < kills; n += 1) {
      const api = n % APIS;
      await starting[api];
      const proxy = proxies[api];
      const process = cluster.apis[api];
      if (proxy === undefined || process === undefined) throw new Error("a replica is missing");
      await untilItHints(cluster, redis.sent, { api, label: `before kill ${n}` });
      // What it sends to Redis from now on gets nowhere: the hint that follows the commit is under way
      // for 250 ms, and the process is dead before.
      proxy.stall();
      const { runId, status, fault } = await cluster.submit(oneAnswer(`kill ${n}`, 50), { api });
      await cluster.kill(process);
      proxy.resume();
      if (runId === undefined) throw new Error(`a POST was answered ${status} ${fault}`);
      killed.push(runId);
      starting[api] = cluster.restartApi(api);
      // Told where it is awaited, not as an unhandled rejection in between.
      starting[api].catch(() => undefined);
      if (n % 10 === 9) chaos.log(`${n + 1} kills`);
    }
    await Promise.all(starting);
    await cluster.untilEnded();
    const hinted = killed.filter((runId) => wasHinted(runId, redis.sent)).length;
    const late = percentile(await secondsToStart(cluster, killed), 99);
    chaos.figure({ what: "kills", measured: kills });
    chaos.figure({ what: "without a hint", measured: kills - hinted, atLeast: kills * 0.9 });
    chaos.figure({ what: "started after p99", measured: late, atMost: 15, unit: "s" });
    return { atLeast: cluster.runs.size };
  },
});

const HINTED_WITHIN_MS = 1_000;

/** The replica's hints get through: that of the killed run would have, too. */
async function untilItHints(
  cluster: Cluster,
  sent: readonly SentCommand[],
  probe: { api: number; label: string },
): Promise<void> {
  for (let n = 0; ; n += 1) {
    const plan = oneAnswer(`${probe.label}, try ${n}`, 0);
    const { runId } = await cluster.submit(plan, { api: probe.api });
    for (let waited = 0; waited < HINTED_WITHIN_MS; waited += 10) {
      if (runId !== undefined && wasHinted(runId, sent)) return;
      await sleep(10);
    }
  }
}

/** BullMQ's keys and the run in one command: a hint that was added, or is handled. */
const wasHinted = (runId: string, sent: readonly SentCommand[]): boolean =>
  sent.some(
    ({ args }) =>
      args.some((arg) => arg.startsWith("llamaagent:runs:")) &&
      args.some((arg) => arg.includes(runId)),
  );
