import { startBareBullmq } from "../arms/bare-bullmq.ts";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { median } from "../measure/quartiles.ts";
import { keepBusy } from "../server/keep-busy.ts";
import { startFakeModel } from "../server/start-fake-model.ts";
import { startServer } from "../server/start-server.ts";

const SLOTS = 10;

/** What a run costs in CPU, all servers and stores together, beside a job of a bare queue. */
export const throughputCpu: Benchmark = {
  rows: [
    {
      id: "throughput_cpu",
      what: "CPU of api, worker, Redis and Postgres per run (0 ms model in process) / the same per bare BullMQ job",
      unit: "×",
      goal: { atMost: 6, aim: 4 },
    },
    {
      id: "throughput_cpu_http",
      what: "the same with the model behind HTTP, which streams its answer",
      unit: "×",
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const bare = begun.adopt(await startBareBullmq(), (it) => it.close());
    const instant = begun.adopt(await startServer({ workers: 1, model: "bench/0" }), (it) =>
      it.close(),
    );
    const model = begun.adopt(await startFakeModel(), (it) => it.close());
    const http = begun.adopt(
      await startServer({ workers: 1, model: "openai/fake-model", env: model.env }),
      (it) => it.close(),
    );
    const { seconds } = rounds;
    const measured = await alternate(rounds, {
      bare: () => bare.measure(seconds),
      instant: () => keepBusy(instant, { seconds, slots: SLOTS }),
      http: () => keepBusy(http, { seconds, slots: SLOTS }),
    });
    const row = (arm: "instant" | "http") => ({
      perRound: measured.map(
        (round) => round[arm].cpuMicrosecondsPerRun / round.bare.cpuMicrosecondsPerJob,
      ),
      detail: [
        `${inMs(median(measured.map((round) => round[arm].cpuMicrosecondsPerRun)))} a run at ${Math.round(median(measured.map((round) => round[arm].runsPerSecond)))} runs/s`,
        `${inMs(median(measured.map((round) => round.bare.cpuMicrosecondsPerJob)))} a bare job at ${Math.round(median(measured.map((round) => round.bare.jobsPerSecond)))} jobs/s`,
      ].join("; "),
    });
    return { throughput_cpu: row("instant"), throughput_cpu_http: row("http") };
  },
};

const inMs = (microseconds: number): string => `${(microseconds / 1000).toFixed(2)} ms of CPU`;
