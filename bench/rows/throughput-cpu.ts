import { startBareBullmq } from "../arms/bare-bullmq.ts";
import { startBareChain } from "../arms/bare-chain.ts";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { median } from "../measure/quartiles.ts";
import type { BusyServer } from "../server/busy-server.ts";
import { DEFAULT_SLOTS } from "../server/default-slots.ts";
import { keepBusy, THROUGHPUT_UNITS } from "../server/keep-busy.ts";
import { startFakeModel } from "../server/start-fake-model.ts";
import { startServer } from "../server/start-server.ts";

const UNITS = {
  ...THROUGHPUT_UNITS,
  jobsPerSecond: "jobs/s",
  cpuMicrosecondsPerJob: "µs of CPU a job",
};

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
    {
      id: "throughput_cpu_chain",
      what: "CPU of a run (0 ms model in process) / CPU of the same chain of hops written bare, no commit shared (POST, INSERT commit, BullMQ, UPDATE commit, publish, UPDATE commit, publish)",
      unit: "×",
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const bare = begun.adopt(await startBareBullmq(), (it) => it.close());
    const chain = begun.adopt(await startBareChain(), (it) => it.close());
    const instant = begun.adopt(await startServer({ workers: 1, model: "bench/0" }), (it) =>
      it.close(),
    );
    const model = begun.adopt(await startFakeModel(), (it) => it.close());
    const http = begun.adopt(
      await startServer({ workers: 1, model: "openai/fake-model", env: model.env }),
      (it) => it.close(),
    );
    const { seconds } = rounds;
    const measured = await alternate(
      { ...rounds, units: UNITS },
      {
        bare: () => bare.measure(seconds),
        chain: () => costOf(chain, seconds),
        instant: () => costOf(instant, seconds),
        http: () => costOf(http, seconds),
      },
    );
    type Round = (typeof measured)[number];
    interface Cost {
      microseconds: number;
      perSecond: number;
    }
    const ofRuns = (arm: "instant" | "http" | "chain") => (round: Round) => ({
      microseconds: round[arm].cpuMicrosecondsPerRun,
      perSecond: round[arm].runsPerSecond,
    });
    const ofJobs = ({ bare }: Round) => ({
      microseconds: bare.cpuMicrosecondsPerJob,
      perSecond: bare.jobsPerSecond,
    });
    const inWords = (what: string, cost: (round: Round) => Cost): string => {
      const middle = (figure: keyof Cost) => median(measured.map((round) => cost(round)[figure]));
      return `${(middle("microseconds") / 1000).toFixed(2)} ms of CPU ${what} at ${Math.round(middle("perSecond"))}/s`;
    };
    const row = (ours: (round: Round) => Cost, what: string, bare: (round: Round) => Cost) => ({
      perRound: measured.map((round) => ours(round).microseconds / bare(round).microseconds),
      detail: `${inWords("a run", ours)}; ${inWords(what, bare)}`,
    });
    return {
      throughput_cpu: row(ofRuns("instant"), "a bare job", ofJobs),
      throughput_cpu_chain: row(ofRuns("instant"), "a bare chain", ofRuns("chain")),
      throughput_cpu_http: row(ofRuns("http"), "a bare job", ofJobs),
    };
  },
};

async function costOf(server: BusyServer, seconds: number) {
  const { runsPerSecond, cpuMicrosecondsPerRun } = await keepBusy(server, {
    seconds,
    slots: DEFAULT_SLOTS,
  });
  return { runsPerSecond, cpuMicrosecondsPerRun };
}
