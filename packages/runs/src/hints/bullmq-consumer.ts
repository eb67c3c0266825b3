import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, type HintConsumer, type RunHint, within } from "@llamaagent/core";
import { Worker } from "bullmq";
import { z } from "zod";
import { connectRedis } from "../redis/redis-connection.ts";

/** The consumer waits for a free slot inside the handler: more would only hoard hints. */
const CONCURRENCY = 4;
/** With Redis away BullMQ's close waits for its return. */
const CLOSE_MS = 1_000;
/** Hints wait and none was fetched for this long: the worker object is made anew. */
const SILENT_MS = 30_000;
const SILENCE_CHECK_MS = 5_000;

/** What a version before this one left out has a default. */
const HintData = z.object({
  tenantId: z.string(),
  runId: z.string(),
  generation: z.int(),
  priority: z.int().default(1),
  runs: z.int().min(1).default(1),
});

/** What BullMQ's types keep to itself: waits for a marker, which says that a job is there; null where none came. */
interface Waiting {
  backend: { waitForJob(seconds: number): Promise<unknown> };
}

/** The marker comes to one idle consumer, which then fetches the job by a script: half a millisecond later. */
function announce(worker: object, onAnnounced: () => void): void {
  const { backend } = worker as Waiting;
  const wait = backend.waitForJob.bind(backend);
  backend.waitForJob = async (seconds) => {
    const marker = await wait(seconds);
    if (!marker) return marker;
    onAnnounced();
    // What was announced leaves first: the run waits for that, and nobody for the script.
    await nextTurn();
    return marker;
  };
}

/**
 * BullMQ's worker, made anew where it has gone silent: after a blip of Redis one can wait for ever and
 * look healthy.
 */
export function startBullmqConsumer(options: {
  queue: string;
  url: string;
  prefix: string;
  clock: Clock;
  onError: (error: Error) => void;
  handler: (hint: RunHint) => Promise<void>;
  onAnnounced: () => void;
  /** False also where that cannot be said. */
  hasWaiting: () => Promise<boolean>;
}): HintConsumer {
  const { url, prefix, clock, onError } = options;
  const handling = new Set<Promise<void>>();
  let fetchedAt = clock.monotonicMs();
  let current = open();
  const timer = setInterval(() => void renewIfSilent(), SILENCE_CHECK_MS);

  async function handle(data: unknown): Promise<void> {
    fetchedAt = clock.monotonicMs();
    const work = options.handler(HintData.parse(data));
    handling.add(work);
    await work.finally(() => {
      // While all handlers wait for slots nothing can be fetched: that is no silence.
      fetchedAt = clock.monotonicMs();
      handling.delete(work);
    });
  }

  function open(): { close: () => Promise<void> } {
    const connection = connectRedis(url, "blocking", onError);
    const worker = new Worker<unknown>(options.queue, (job) => handle(job.data), {
      connection,
      prefix,
      concurrency: CONCURRENCY,
      skipVersionCheck: true,
      // A fetched hint of a dead worker is not worth a stalled-check: runs are claimed directly.
      maxStalledCount: 1_000_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on("error", onError);
    announce(worker, options.onAnnounced);
    return {
      async close() {
        const closed = worker.close();
        await Promise.allSettled(handling);
        await within(closed, CLOSE_MS, undefined);
        await Promise.allSettled(handling);
        connection.disconnect();
      },
    };
  }

  async function renewIfSilent(): Promise<void> {
    if (handling.size >= CONCURRENCY || clock.monotonicMs() - fetchedAt < SILENT_MS) return;
    if (!(await options.hasWaiting())) return;
    onError(new Error("BullMQ fetched none of the hints that wait: its worker is made anew"));
    fetchedAt = clock.monotonicMs();
    const silent = current;
    current = open();
    await silent.close();
  }

  return {
    async close() {
      clearInterval(timer);
      await current.close();
    },
  };
}
