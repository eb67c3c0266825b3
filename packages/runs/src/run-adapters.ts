import type { CancelSignals, Clock, RunEventTail, RunHints } from "@llamaagent/core";
import { memoryCancelSignals } from "./cancel-signals/memory-cancel-signals.ts";
import { redisCancelSignals } from "./cancel-signals/redis-cancel-signals.ts";
import { bullmqHints } from "./hints/bullmq-hints.ts";
import { inProcessHints } from "./hints/in-process-hints.ts";
import { memoryEventTail } from "./tail/memory-event-tail.ts";
import { redisEventTail } from "./tail/redis-event-tail.ts";
import { toldOnce } from "./redis/told-once.ts";

/** The three ports that are fast and rebuildable; one process or many. */
export interface RunAdapters {
  hints: RunHints;
  tail: RunEventTail;
  cancelSignals: CancelSignals;
  close(): Promise<void>;
}

function closing(adapters: Omit<RunAdapters, "close">): RunAdapters {
  return {
    ...adapters,
    async close() {
      await Promise.all(Object.values(adapters).map((adapter) => adapter.close()));
    },
  };
}

/** For the embedded topology. */
export function inProcessAdapters(): RunAdapters {
  return closing({
    hints: inProcessHints(),
    tail: memoryEventTail(),
    cancelSignals: memoryCancelSignals(),
  });
}

/** For the scaled topology. `onError`: Redis is away, or one call failed; nothing is lost by it. */
export function redisAdapters(options: {
  url: string;
  clock: Clock;
  onError: (error: Error) => void;
}): RunAdapters {
  const common = { ...options, onError: toldOnce(options.onError), prefix: "llamaagent" };
  return closing({
    hints: bullmqHints(common),
    tail: redisEventTail(common),
    cancelSignals: redisCancelSignals(common),
  });
}
