import { setTimeout as sleep } from "node:timers/promises";
import { loadMs } from "./load-shape.ts";
import { judge } from "./metrics/threshold.ts";
import type { JudgedThreshold } from "./read-options.ts";
import { prepareScenario } from "./run-scenario.ts";
import type { Scenario, ScriptOptions } from "./script-options.ts";
import type { TestRecord } from "./test-record.ts";
import type { Vu } from "./vu/start-vu.ts";

export interface LoadGiven {
  options: ScriptOptions;
  thresholds: readonly JudgedThreshold[];
  record: TestRecord;
  /** What `setup()` returned. */
  data: unknown;
  startVu: () => Promise<Vu>;
  /** Raised by the script, or here by a threshold that is to end the load. */
  stop: AbortController;
}

/** How often VUs are counted, and thresholds looked at that are to end the load. */
const LOOK_MS = 1000;

/** All scenarios of a script, each from its start time on. Returns how long they took, in seconds. */
export async function runLoad(given: LoadGiven): Promise<number> {
  const { options, thresholds, record, stop } = given;
  let started = 0;
  const startVu = (): Promise<Vu> => {
    started += 1;
    return given.startVu();
  };
  const scenarios = await Promise.all(
    Object.entries(options.scenarios).map(([name, scenario]) =>
      prepare({ ...given, startVu }, name, scenario),
    ),
  );
  const startedAt = performance.now();
  const spentMs = (): number => performance.now() - startedAt;
  const hasFailed = ({ threshold, series, abortAfterMs = Infinity }: JudgedThreshold): boolean =>
    series.values.length > 0 &&
    spentMs() >= abortAfterMs &&
    !judge(threshold, series, spentMs() / 1000).held;
  const looks = setInterval(() => {
    record.countVus(started);
    if (thresholds.some(hasFailed)) stop.abort();
  }, LOOK_MS);
  try {
    await Promise.all(scenarios.map((run) => run()));
  } finally {
    clearInterval(looks);
  }
  record.countVus(started);
  return spentMs() / 1000;
}

async function prepare(
  { record, data, startVu, stop }: LoadGiven,
  name: string,
  scenario: Scenario,
): Promise<() => Promise<void>> {
  const lastsMs = loadMs(scenario);
  let startTime = 0;
  const run = await prepareScenario(scenario, {
    startVu,
    stop: stop.signal,
    dropped: () => record.add({ metric: "dropped_iterations", value: 1, tags: { scenario: name } }),
    iterate(vu, iteration) {
      const { executor, exec } = scenario;
      const place = { name, executor, startTime, loadMs: lastsMs, ...iteration };
      return record.iterate(name, () => vu.call({ function: exec, arguments: [data], place }));
    },
  });
  return async () => {
    const isStopped = sleep(scenario.startTime, false, { signal: stop.signal }).catch(() => true);
    if (await isStopped) return;
    startTime = Date.now();
    await run(lastsMs);
  };
}
