import type { HintConsumer, RunHint, RunHints } from "@llamaagent/core";
import { hintId } from "./hint-row.ts";

/** Handlers at work at once; as many as a BullMQ consumer has. */
const CONCURRENCY = 4;

/** Hints inside one process: by priority, then in the order of their coming. */
export function inProcessHints(): RunHints {
  const queue: RunHint[] = [];
  const queued = new Set<string>();
  const pumps = new Set<() => void>();

  function insert(hint: RunHint): void {
    const id = hintId(hint);
    if (queued.has(id)) return;
    queued.add(id);
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((queue[middle]?.priority ?? Infinity) <= hint.priority) low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, hint);
  }

  return {
    async add(hints) {
      for (const hint of hints) insert(hint);
      for (const pump of pumps) pump();
      return true;
    },
    consume: (handler) => {
      const consumer = startConsumer(handler);
      pumps.add(consumer.pump);
      consumer.pump();
      return { close: () => (pumps.delete(consumer.pump), consumer.close()) };
    },
    async close() {
      queue.length = 0;
      queued.clear();
    },
  };

  function startConsumer(
    handler: (hint: RunHint) => Promise<void>,
  ): HintConsumer & { pump: () => void } {
    const active = new Set<Promise<void>>();
    let open = true;
    function pump(): void {
      while (open && active.size < CONCURRENCY) {
        const hint = queue.shift();
        if (hint === undefined) return;
        queued.delete(hintId(hint));
        // A handler that fails has lost a hint, which costs time only: the sweeper repeats it.
        const work: Promise<void> = handler(hint)
          .catch(() => undefined)
          .finally(() => {
            active.delete(work);
            pump();
          });
        active.add(work);
      }
    }
    return {
      pump,
      async close() {
        open = false;
        await Promise.all(active);
      },
    };
  }
}
