import { monitorEventLoopDelay } from "node:perf_hooks";

/** How late this process is with what is due: what else it does holds its one thread. */
export interface LoopDelay {
  /** Milliseconds, on average over a while. */
  readonly ms: number;
  close(): void;
}

const WINDOW_MS = 500;
/** Of Node's own timer, whose delay is measured. */
const RESOLUTION_MS = 10;

/**
 * The lower of the last two windows' averages, so that a single long task (a start, a large answer) is no overload.
 * A window without any sample says nothing, as after a machine's sleep; `@fastify/under-pressure`, which measures
 * the same, takes it for endlessly late, and a server refused what came first.
 */
export function measureLoopDelay(
  histogram: Pick<
    ReturnType<typeof monitorEventLoopDelay>,
    "enable" | "disable" | "reset" | "mean"
  > = monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
): LoopDelay {
  histogram.enable();
  let [before, last] = [0, 0];
  const timer = setInterval(() => {
    const mean = histogram.mean / 1e6 - RESOLUTION_MS;
    [before, last] = [last, Number.isFinite(mean) ? Math.max(0, mean) : 0];
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    get ms() {
      return Math.min(before, last);
    },
    close() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
