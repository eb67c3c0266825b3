import { join } from "node:path";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { Redis } from "ioredis";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { openStreams } from "../measure/open-streams.ts";
import { median } from "../measure/quartiles.ts";
import { COLLECTS_ON_SIGNAL, settledMemory } from "../measure/settled-memory.ts";
import { startServer } from "../server/start-server.ts";

const STREAMS = 5_000;
const FEW_STREAMS = 100;

/** What an open stream holds in one API process. No worker runs: every run waits, every stream is open. */
export const streams: Benchmark = {
  rows: [
    {
      id: "stream_memory",
      what: "memory of the API per open stream, of 5,000 (RSS after collection) / the same for streams on bare `node:http`; no worker runs and no event flows meanwhile",
      unit: "×",
      goal: { atMost: 3 },
    },
    {
      id: "redis_connections",
      what: "Redis connections of an API replica with 5,000 open streams, and with 100",
      unit: "",
      goal: { constant: true },
    },
  ],
  async measure(rounds) {
    const measured = await alternate(
      { ...rounds, units: UNITS },
      { bare: bareStreams, ours: ourStreams },
    );
    const kib = (arm: "bare" | "ours") =>
      (median(measured.map((round) => round[arm].bytesPerStream)) / 1024).toFixed(1);
    return {
      stream_memory: {
        perRound: measured.map(({ ours, bare }) => ours.bytesPerStream / bare.bytesPerStream),
        detail: `${kib("ours")} KiB a stream; ${kib("bare")} KiB bare`,
      },
      redis_connections: {
        perRound: measured.flatMap(({ ours }) => [ours.connectionsOfFew, ours.connectionsOfMany]),
        detail: "one replica, no worker",
      },
    };
  },
};

const UNITS = {
  bytesPerStream: "B a stream",
  connectionsOfFew: `connections to Redis with ${FEW_STREAMS} streams`,
  connectionsOfMany: `with ${STREAMS}`,
};

async function bareStreams(): Promise<{ bytesPerStream: number }> {
  const file = join(import.meta.dirname, "..", "arms", "bare-streams-main.ts");
  const server = await spawnNode([...COLLECTS_ON_SIGNAL, file]);
  const [, url = ""] = await server.waitFor(/^listening at (\S+)$/);
  try {
    return { bytesPerStream: await memoryPerStream(server.pid, url) };
  } finally {
    await server.kill();
  }
}

async function ourStreams() {
  const server = await startServer({
    workers: 0,
    model: "bench/0",
    nodeArguments: COLLECTS_ON_SIGNAL,
  });
  const redis = new Redis(server.redis.url);
  const connections = async (): Promise<number> =>
    (String(await redis.client("LIST")).match(/^id=/gm)?.length ?? 0) - 1;
  try {
    const few = await openStreams(server.url, FEW_STREAMS);
    const connectionsOfFew = await connections();
    await few.close();
    let connectionsOfMany = 0;
    const bytesPerStream = await memoryPerStream(server.api.pid, server.url, async () => {
      connectionsOfMany = await connections();
    });
    return { bytesPerStream, connectionsOfFew, connectionsOfMany };
  } finally {
    redis.disconnect();
    await server.close();
  }
}

async function memoryPerStream(
  pid: number,
  url: string,
  whileOpen?: () => Promise<void>,
): Promise<number> {
  // Code is loaded and pools are filled by the first ones.
  await (await openStreams(url, FEW_STREAMS)).close();
  const before = await settledMemory(pid);
  const open = await openStreams(url, STREAMS);
  const after = await settledMemory(pid);
  await whileOpen?.();
  await open.close();
  return (after - before) / STREAMS;
}
