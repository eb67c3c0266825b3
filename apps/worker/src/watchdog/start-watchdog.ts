import { url as debuggerUrl } from "node:inspector";
import { Worker } from "node:worker_threads";
import type { LogLevel } from "@llamaagent/observability";
import { createOpenSteps, type OpenSteps } from "./open-steps.ts";

/** What the thread is given. */
export interface Watched {
  beats: SharedArrayBuffer;
  openSteps: SharedArrayBuffer;
  logLevel: LogLevel;
  workerId: string | undefined;
  beatMs: number;
  /** Beats of the thread without one of ours. */
  stalledAfter: number;
  rssBytesMax: number | undefined;
}

export interface Watchdog extends AsyncDisposable {
  openSteps: OpenSteps;
}

const BEAT_MS = 500;
const BLOCKED_MS = 8_000;

/**
 * A thread that ends this process when its event loop was blocked for 8 s, before the worker's lease is
 * over (10 s): a process that does nothing but one endless loop must not hold its other runs. It logs
 * where the loop stands and which steps are open. Under a debugger there is none.
 */
export function startWatchdog(options: {
  logLevel: LogLevel;
  /** Whose process it is, where that is known at its start. */
  workerId?: string;
  /** Where the process is to end by it as well. */
  rssBytesMax?: number;
}): Watchdog {
  const openSteps = createOpenSteps();
  if (debuggerUrl() !== undefined) return { openSteps, async [Symbol.asyncDispose]() {} };
  const beats = new SharedArrayBuffer(4);
  const counter = new Int32Array(beats);
  const workerData: Watched = {
    beats,
    openSteps: openSteps.buffer,
    logLevel: options.logLevel,
    workerId: options.workerId,
    beatMs: BEAT_MS,
    stalledAfter: BLOCKED_MS / BEAT_MS,
    rssBytesMax: options.rssBytesMax,
  };
  const thread = new Worker(new URL("./watchdog-thread.ts", import.meta.url), { workerData });
  thread.unref();
  const timer = setInterval(() => Atomics.add(counter, 0, 1), BEAT_MS);
  timer.unref();
  return {
    openSteps,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await thread.terminate();
    },
  };
}
