import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../cluster/cluster.ts";
import { type Chaos, defineExperiment } from "../experiment.ts";
import { manyReads } from "../plan/many-reads.ts";
import { parsePlan } from "../plan/run-plan.ts";

/** Longer than a run takes with its time in the queue: some end before they are cancelled. */
const CANCEL_WITHIN_MS = 4_000;
const AT_ONCE = 40;

export const cancellations = defineExperiment({
  number: 10,
  name: "cancelled at a random moment, from the half without Redis",
  async run(chaos) {
    const cluster = await chaos.startCluster({ apis: 2, workers: 2 });
    const runs = chaos.scale(120, 500);
    /** When each cancellation was acknowledged, by the run's label. */
    const cancelledAt = new Map<string, number>();
    let next = 0;
    async function cancelOneByOne(): Promise<void> {
      while (next < runs) {
        const plan = manyReads({ label: `run ${next++}`, effects: cluster.effectsUrl });
        const { id } = await cluster.submitPatiently(plan);
        await sleep(chaos.between(0, CANCEL_WITHIN_MS));
        await cluster.clients[next % 2]?.runs.cancel(id);
        cancelledAt.set(plan.label, Date.now());
        // Again, at the other replica: nothing changes.
        if (next % 4 === 0) await cluster.clients[(next + 1) % 2]?.runs.cancel(id);
      }
    }
    const cancelling = Promise.all(Array.from({ length: AT_ONCE }, cancelOneByOne));
    while (next < runs / 2) await sleep(50);
    // The signals are lost from here on: workers have to see for themselves.
    await cluster.redis.process.kill("SIGTERM");
    chaos.log("Redis stopped");
    const before = cancelledAt.size;
    await cancelling;
    const away = cancelledAt.size - before;
    await cluster.redis.start();
    await cluster.untilEnded();
    await check(chaos, cluster, cancelledAt);
    // More than half are left: those that are open now, and those to come.
    chaos.figure({ what: "acknowledged without Redis", measured: away, atLeast: runs / 2 });
    // About a third end before they are cancelled.
    return { atLeast: runs / 10 };
  },
});

async function check(
  chaos: Chaos,
  cluster: Cluster,
  cancelledAt: ReadonlyMap<string, number>,
): Promise<void> {
  const latest = (begun: readonly { label: string; at: number }[]): number =>
    Math.max(0, ...begun.map(({ label, at }) => at - (cancelledAt.get(label) ?? Infinity))) / 1000;
  const begun = (await cluster.effects()).filter(({ phase }) => phase === "begun");
  const effects = begun.map(({ label, at }) => ({ label: label.split("/")[0] ?? "", at }));
  const calls = (await cluster.modelCalls()).map(({ userText, at }) => ({
    label: parsePlan(userText).label,
    at,
  }));
  const ends = await cluster.query<{ stop_reason: string; at: number; input: string }>(
    `SELECT stop_reason, extract(epoch FROM ended_at)::float8 * 1000 AS at, input FROM runs`,
  );
  const cancelled = ends.filter(({ stop_reason: reason }) => reason === "cancelled");
  const ended = cancelled.map(({ input, at }) => ({
    label: parsePlan(String(JSON.parse(input))).label,
    at,
  }));
  chaos.figure({ what: "latest effect begun", measured: latest(effects), atMost: 1, unit: "s" });
  chaos.figure({ what: "latest model call begun", measured: latest(calls), atMost: 1, unit: "s" });
  chaos.figure({ what: "latest end", measured: latest(ended), unit: "s" });
  // Both are met: runs that were cut short, and some that had ended before.
  chaos.figure({ what: "cancelled", measured: cancelled.length, atLeast: ends.length / 3 });
}
