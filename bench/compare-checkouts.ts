import type { BenchArguments } from "./bench-arguments.ts";
import { alternate } from "./measure/alternate.ts";
import { median, quantile } from "./measure/quartiles.ts";
import { DEFAULT_SLOTS } from "./server/default-slots.ts";
import { keepBusy } from "./server/keep-busy.ts";
import { startServer } from "./server/start-server.ts";

/** Until what is compiled is compiled. */
const WARM_UP_SECONDS = 8;

/** What a change of the code does to a run's CPU: the load of `throughput_cpu` on this checkout and another, in turns. */
export async function compareCheckouts(
  checkout: string,
  { rounds, seconds }: Pick<BenchArguments, "rounds" | "seconds">,
): Promise<void> {
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  await using begun = new AsyncDisposableStack();
  const options = { workers: 1, model: "bench/0" };
  const here = begun.adopt(await startServer(options), (it) => it.close());
  const there = begun.adopt(await startServer({ ...options, checkout }), (it) => it.close());
  const slots = DEFAULT_SLOTS;
  for (const server of [here, there]) await keepBusy(server, { seconds: WARM_UP_SECONDS, slots });
  const cost = async (server: typeof here): Promise<number> =>
    (await keepBusy(server, { seconds, slots })).cpuMicrosecondsPerRun;
  const measured = await alternate(
    { rounds, seconds, progress, units: "µs of CPU a run" },
    { here: () => cost(here), there: () => cost(there) },
  );
  const ratios = measured.map((round) => round.here / round.there);
  const at = (share: number): string => quantile(ratios, share).toPrecision(3);
  const inMicroseconds = (arm: "here" | "there"): string =>
    `${Math.round(median(measured.map((round) => round[arm])))} µs`;
  process.stdout.write(
    `CPU a run, here / there: ${at(0.5)} (${at(0.25)} – ${at(0.75)}); ${inMicroseconds("here")} here, ${inMicroseconds("there")} there\n`,
  );
}
