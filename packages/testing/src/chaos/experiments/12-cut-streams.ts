import { setTimeout as sleep } from "node:timers/promises";
import { readEvents } from "../../api/read-events.ts";
import { seededRandom } from "../../durability/seeded-random.ts";
import {
  eventsThatHold,
  messageFaults,
  orderFaults,
  replayFaults,
  toRunEvent,
} from "../../durability/stream-faults.ts";
import type { SpawnedProcess } from "../../services/spawn-process.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type Chaos, defineExperiment } from "../experiment.ts";
import { manyDeltas, TOOLS_AT_ONCE } from "../plan/many-deltas.ts";
import { type HoppingRead, readHopping } from "../streams/hopping-reader.ts";

const READERS = 100;
/** Each run has two readers, who are cut at different moments. */
const RUNS_AT_ONCE = READERS / 2;

interface ReadRun extends HoppingRead {
  runId: string;
}

export const cutStreams = defineExperiment({
  number: 12,
  name: "100 stream clients cut at random, hopping between replicas, while workers are killed",
  mayPauseRuns: true,
  async run(chaos) {
    const slots = { WORKER_SLOTS: "8" };
    const cluster = await chaos.startCluster({ apis: 2, workers: 3, env: slots });
    const count = RUNS_AT_ONCE * chaos.scale(1, 6);
    for (let n = 0; n < count; n += 1)
      await cluster.submit(manyDeltas({ label: `run ${n}`, effects: cluster.effectsUrl }));
    const ids = [...cluster.runs.keys()];
    const reading = Promise.all(
      Array.from({ length: READERS }, (_, reader) => {
        const random = seededRandom(Math.floor(chaos.random() * 2 ** 32));
        const own = ids.filter((_id, index) => index % RUNS_AT_ONCE === reader % RUNS_AT_ONCE);
        return readOneByOne(cluster.urls, own, random);
      }),
    );
    const killing = killWorkers(chaos, cluster).then(() => cluster.untilEnded());
    const [reads] = await Promise.all([reading, killing]);
    await check(chaos, cluster, reads.flat());
    return { atLeast: count };
  },
});

async function readOneByOne(
  urls: readonly string[],
  runIds: readonly string[],
  random: () => number,
): Promise<ReadRun[]> {
  const reads: ReadRun[] = [];
  for (const runId of runIds)
    reads.push({ runId, ...(await readHopping({ urls, runId, random })) });
  return reads;
}

/** Every second one dies while tools are at work: at most moments deltas are on their way. */
async function killWorkers(chaos: Chaos, cluster: Cluster): Promise<void> {
  for (let kill = 0; kill < chaos.scale(3, 16); kill += 1) {
    await sleep(chaos.between(500, 1_500));
    const any = cluster.workers[Math.floor(chaos.random() * cluster.workers.length)];
    const victim = (kill % 2 === 1 ? await workerInTools(cluster) : undefined) ?? any;
    if (victim) await cluster.kill(victim);
    chaos.log("a worker was killed");
    await cluster.addWorker();
  }
}

/** The first inside tool calls of two runs or more; undefined after 5 s: at the end there may be none. */
async function workerInTools(cluster: Cluster): Promise<SpawnedProcess | undefined> {
  for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 50) {
    const effects = await cluster.effects();
    // The shortest call takes twice as long.
    const since = Date.now() - 200;
    const atWork = effects.filter(({ phase, at }) => phase === "begun" && at > since);
    const calls = Map.groupBy(atWork, ({ pid }) => pid);
    const worker = cluster.workers.find(({ pid }) => (calls.get(pid)?.length ?? 0) > TOOLS_AT_ONCE);
    if (worker) return worker;
    await sleep(50);
  }
  return undefined;
}

async function check(chaos: Chaos, cluster: Cluster, reads: readonly ReadRun[]): Promise<void> {
  let [connections, voided] = [0, 0];
  const restarted = new Set<string>();
  for (const { runId, events, ...read } of reads) {
    const replica = cluster.urls[Math.floor(chaos.random() * cluster.urls.length)];
    const replayed = (await readEvents(`${replica}/runs/${runId}/stream`)).events;
    const asRead = events.map(toRunEvent);
    for (const fault of [
      ...orderFaults(asRead),
      ...messageFaults(asRead),
      ...replayFaults(events, replayed),
    ])
      chaos.fault(`a reader of ${runId}: ${fault}`);
    connections += read.connections;
    for (const { data } of asRead)
      for (const id of data.restarted ?? []) restarted.add(`${runId} ${id}`);
    // A message whose beginning was not stored is not told of: it is void like all that followed.
    const holding = new Set(eventsThatHold(events));
    for (const event of events.filter((one) => !holding.has(one))) {
      voided += 1;
      const { data } = toRunEvent(event);
      if ("message_id" in data) restarted.add(`${runId} ${data.message_id}`);
    }
  }
  const messages = [...restarted].filter((id) => id.includes(" msg_")).length;
  chaos.figure({
    what: "connections that were cut",
    measured: connections - reads.length,
    atLeast: READERS,
  });
  const fewest = chaos.scale(1, 10);
  // Without these the kills met nothing that readers could get wrong.
  chaos.figure({ what: "events read and voided", measured: voided, atLeast: 1 });
  chaos.figure({ what: "messages cut off and begun again", measured: messages, atLeast: fewest });
  chaos.figure({
    what: "tool calls begun again",
    measured: restarted.size - messages,
    atLeast: fewest,
  });
}
