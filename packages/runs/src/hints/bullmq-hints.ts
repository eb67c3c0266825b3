import { type Clock, type RunHint, type RunHints } from "@llamaagent/core";
import { Queue, Worker } from "bullmq";
import { connectRedis, REDIS_CALL_MS } from "../redis-connection.ts";

const QUEUE = "runs";
/** The consumer waits for a free slot inside the handler: more would only hoard hints. */
const CONCURRENCY = 4;
/** After a failed add no other is tried for this long. */
const PAUSE_MS = 1_000;

interface HintData {
  tenantId: string;
  runId: string;
  generation: number;
}

/**
 * Hints on BullMQ, whose locks, retries and stalled counts decide nothing: a job is complete as soon as
 * its run was claimed. Job ids are `${runId}-${generation}`: an add with the id of a job that exists is
 * silently ignored, which folds repeats, and is why a run that is claimable again gets a new generation.
 */
export function bullmqHints(options: {
  url: string;
  /** Separates deployments (and tests) on one Redis. */
  prefix: string;
  clock: Clock;
  onError: (error: Error) => void;
}): RunHints {
  const { url, prefix, clock, onError } = options;
  const connection = connectRedis(url, "request", onError);
  const queue = new Queue<HintData>(QUEUE, {
    connection,
    prefix,
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  queue.on("error", onError);
  let pausedUntil = -Infinity;

  const toJob = ({ priority, ...data }: RunHint) => ({
    name: "run",
    data: { tenantId: data.tenantId, runId: data.runId, generation: data.generation },
    opts: { jobId: `${data.runId}-${data.generation}`, priority },
  });

  return {
    async add(hints) {
      if (hints.length === 0) return true;
      if (connection.status !== "ready" || clock.monotonicMs() < pausedUntil) return false;
      const [first, ...rest] = hints.map(toJob);
      if (first === undefined) return true;
      try {
        const adding: Promise<unknown> =
          rest.length === 0
            ? queue.add(first.name, first.data, first.opts)
            : queue.addBulk([first, ...rest]);
        await withinCallTime(adding);
        return true;
      } catch (error) {
        pausedUntil = clock.monotonicMs() + PAUSE_MS;
        onError(error instanceof Error ? error : new Error(String(error)));
        return false;
      }
    },

    consume(handler) {
      const consumer = connectRedis(url, "blocking", onError);
      const worker = new Worker<HintData>(
        QUEUE,
        // Priority has done its work once the hint was fetched.
        (job) => handler({ ...job.data, priority: 1 }),
        {
          connection: consumer,
          prefix,
          concurrency: CONCURRENCY,
          skipVersionCheck: true,
          // A fetched hint of a dead worker is not worth a stalled-check: runs are claimed directly.
          maxStalledCount: 1_000_000,
          removeOnComplete: { count: 0 },
          removeOnFail: { count: 0 },
        },
      );
      worker.on("error", onError);
      return {
        async close() {
          await worker.close();
          consumer.disconnect();
        },
      };
    },

    async close() {
      await queue.close().catch(onError);
      connection.disconnect();
    },
  };
}

async function withinCallTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("Redis did not answer in time")), REDIS_CALL_MS);
  });
  // The loser's rejection is handled here, or the process would end by it.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
