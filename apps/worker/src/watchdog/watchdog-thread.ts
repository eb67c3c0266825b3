import { workerData } from "node:worker_threads";
import { createLogger } from "@llamaagent/observability";
import { endMainThread } from "./end-main-thread.ts";
import { readOpenSteps } from "./open-steps.ts";
import { createStallCounter } from "./stall-counter.ts";
import type { Watched } from "./start-watchdog.ts";
import { WATCHDOG_EXIT } from "./watchdog-exit.ts";

// What startWatchdog has passed.
const { beats, beatMs, logLevel, workerId, openSteps, rssBytesMax, stalledAfter } =
  workerData as Watched;
const logger = createLogger({ level: logLevel, service: "watchdog" }).child(
  workerId === undefined ? {} : { worker_id: workerId },
);
const counter = new Int32Array(beats);
const stall = createStallCounter(stalledAfter);

const timer = setInterval(() => {
  if (stall.isStalled(Atomics.load(counter, 0))) {
    const seconds = (stalledAfter * beatMs) / 1000;
    void end("stalled", `the event loop was blocked for ${seconds} s: this process ends`);
  } else if (rssBytesMax !== undefined && process.memoryUsage.rss() > rssBytesMax) {
    const mebibytes = Math.round(rssBytesMax / 2 ** 20);
    void end("memory", `this process has more than ${mebibytes} MiB of memory: it ends`);
  }
}, beatMs);

async function end(why: keyof typeof WATCHDOG_EXIT, message: string): Promise<void> {
  clearInterval(timer);
  const open_steps = readOpenSteps(openSteps);
  await endMainThread(WATCHDOG_EXIT[why], (at) =>
    logger.fatal({ open_steps, at, exit_code: WATCHDOG_EXIT[why] }, message),
  );
}
