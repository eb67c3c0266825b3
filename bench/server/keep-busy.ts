import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { cpuMicroseconds } from "../measure/cpu-time.ts";
import type { BusyServer } from "./busy-server.ts";
import { AGENT, AUTHORIZATION } from "./start-server.ts";

export interface Throughput {
  runsPerSecond: number;
  /** Of all servers and stores together. */
  cpuMicrosecondsPerRun: number;
  /** By how much the counter that was given rose, for each run. */
  countedPerRun: number;
}

export const THROUGHPUT_UNITS = {
  runsPerSecond: "runs/s",
  cpuMicrosecondsPerRun: "µs of CPU a run",
  countedPerRun: "counted a run",
};

export interface KeepBusyOptions {
  seconds: number;
  slots: number;
  /** Something that only grows, to be shared out among the runs. */
  counter?: () => Promise<number>;
}

/** Enough that a slot never waits for a run, and few enough that the queue stays short. */
const OPEN_RUNS_PER_SLOT = 8;
const CONNECTIONS = 16;
const LOOK_MS = 20;
const WARM_UP_MS = 1_000;

const request = {
  path: "/runs",
  method: "POST",
  headers: { "content-type": "application/json", authorization: AUTHORIZATION },
  body: JSON.stringify({ agent_id: AGENT, input: "Hello" }),
} as const;

/** Background POSTs as fast as runs end, for so many seconds; then all runs are let end. */
export async function keepBusy(
  server: BusyServer,
  { seconds, slots, counter }: KeepBusyOptions,
): Promise<Throughput> {
  await using begun = new AsyncDisposableStack();
  const pool = begun.adopt(new Pool(server.url, { connections: CONNECTIONS }), (it) => it.close());
  const openRuns = begun.adopt(await server.watchOpenRuns(), (it) => it.close());
  const mostOpen = slots * OPEN_RUNS_PER_SLOT;
  let posted = 0;
  let ended = 0;
  let isOver = false;

  async function post(): Promise<void> {
    while (!isOver) {
      if (posted - ended >= mostOpen) {
        await sleep(1);
        continue;
      }
      posted += 1;
      const { statusCode, body } = await pool.request(request);
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`POST /runs answered ${statusCode}: ${text}`);
    }
  }

  async function look(): Promise<void> {
    while (!isOver) {
      await sleep(LOOK_MS);
      // Those in flight while it looked are counted as open: at most CONNECTIONS of thousands.
      ended = posted - (await openRuns.count());
    }
  }

  async function reading() {
    const counted = (await counter?.()) ?? 0;
    const open = await openRuns.count();
    const cpu = cpuMicroseconds(server.pids);
    return { runs: posted - open, cpu, counted, at: performance.now() };
  }

  async function measure(): Promise<Throughput> {
    await sleep(WARM_UP_MS);
    const before = await reading();
    await sleep(seconds * 1000);
    const after = await reading();
    const runs = after.runs - before.runs;
    return {
      runsPerSecond: runs / ((after.at - before.at) / 1000),
      cpuMicrosecondsPerRun: (after.cpu - before.cpu) / runs,
      countedPerRun: (after.counted - before.counted) / runs,
    };
  }

  const working = Promise.all([look(), ...Array.from({ length: CONNECTIONS }, post)]);
  let measured: Throughput;
  try {
    // A request that fails ends the measurement at once.
    measured = await Promise.race([
      measure(),
      working.then(() => Promise.reject(new Error("over"))),
    ]);
  } finally {
    isOver = true;
    await working;
    while ((await openRuns.count()) > 0) await sleep(LOOK_MS);
  }
  // Runs that fail at once would be the fastest of all.
  const failed = await openRuns.failed();
  if (failed > 0) throw new Error(`${failed} runs did not succeed`);
  return measured;
}
