import { compressLoad } from "./compress-load.ts";
import { judge } from "./metrics/threshold.ts";
import { openThresholds, readOptions } from "./read-options.ts";
import { runLoad } from "./run-load.ts";
import { EXIT, ScriptRefused, type ScriptResult } from "./script-result.ts";
import { createRecord } from "./test-record.ts";
import { startVu, type Vu } from "./vu/start-vu.ts";

export interface ScriptRun {
  script: URL;
  /** `__ENV` */
  env: Record<string, string>;
  /** The load is shortened to so many; the end of its last iterations comes on top. */
  seconds: number;
}

/** One test in k6's order: init, setup, scenarios, teardown. Throws `ScriptRefused`. */
export async function runScript({ script, env, seconds }: ScriptRun): Promise<ScriptResult> {
  const record = createRecord();
  const stop = new AbortController();
  let isAborted = false;
  let lastId = 0;
  const surroundings = {
    script,
    env,
    onMetric: record.declare,
    onSample: record.add,
    onAbort(reason: string) {
      isAborted = true;
      record.fault(`test aborted: ${reason}`);
      stop.abort();
    },
  };
  const first = await startVu(0, surroundings).catch((error: unknown) => {
    throw new ScriptRefused(EXIT.scriptFault, String(error), { cause: error });
  });
  try {
    const options = compressLoad(readOptions(first), seconds);
    const thresholds = openThresholds(options, record.store);
    const data = await callOnce(first, "setup");
    const spent = await runLoad({
      options,
      thresholds,
      record,
      data,
      stop,
      startVu: () => startVu((lastId += 1), surroundings),
    });
    await callOnce(first, "teardown", data);
    const judgements = thresholds.map(({ threshold, series }) => judge(threshold, series, spent));
    return {
      exitCode: exitCode(judgements.every(({ held }) => held)),
      judgements,
      series: record.store.all(),
      checks: record.checks,
      iterations: record.iterations,
      seconds: spent,
      faults: record.faults,
    };
  } finally {
    await first.end();
  }

  function exitCode(allHeld: boolean): ScriptResult["exitCode"] {
    if (isAborted) return EXIT.abortedByScript;
    if (!allHeld) return EXIT.thresholdsFailed;
    // k6 only logs what an iteration throws. Here it is what the runner is for.
    return record.faults.size > 0 ? EXIT.scriptFault : EXIT.passed;
  }

  async function callOnce(vu: Vu, name: "setup" | "teardown", data?: unknown): Promise<unknown> {
    if (!vu.functions.includes(name)) return undefined;
    const outcome = await vu.call({ function: name, arguments: [data] });
    if (outcome.kind === "returned") return outcome.value;
    const fault = outcome.kind === "threw" ? outcome.fault : "interrupted";
    const code = isAborted ? EXIT.abortedByScript : EXIT.scriptFault;
    throw new ScriptRefused(code, `${name}(): ${fault}`);
  }
}
