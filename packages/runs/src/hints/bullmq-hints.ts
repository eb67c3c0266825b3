import { type Clock, type RunHint, type RunHints, within } from "@llamaagent/core";
import { Queue } from "bullmq";
import { connectRedis, REDIS_CALL_MS } from "../redis/redis-connection.ts";
import { startBullmqConsumer } from "./bullmq-consumer.ts";
import { heldHints } from "./held-hints.ts";
import { hintId } from "./hint-row.ts";

const QUEUE = "runs";
/** After a failed add no other is tried for this long. */
const PAUSE_MS = 1_000;
/**
 * Hints on BullMQ, whose locks, retries and stalled counts decide nothing: a job is complete as soon as
 * a slot took it up. Job ids are `${runId}-${generation}-${runs}`: an add with the id of a job that exists
 * is silently ignored, which folds repeats, and is why a run that is claimable again gets a new generation.
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
  const queue = new Queue<RunHint>(QUEUE, {
    connection,
    prefix,
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  queue.on("error", onError);
  let pausedUntil = -Infinity;

  const toJob = (hint: RunHint) => ({
    name: "run",
    data: hint,
    opts: { jobId: hintId(hint), priority: hint.priority },
  });

  async function hasWaiting(): Promise<boolean> {
    if (connection.status !== "ready") return false;
    const counting = queue.getJobCountByTypes("waiting", "prioritized");
    return (await within(counting, REDIS_CALL_MS, 0).catch(() => 0)) > 0;
  }

  async function send(hints: readonly RunHint[]): Promise<boolean> {
    if (hints.length === 0) return true;
    if (connection.status !== "ready" || clock.monotonicMs() < pausedUntil) return false;
    const [first, ...rest] = hints.map(toJob);
    if (first === undefined) return true;
    try {
      const adding: Promise<unknown> =
        rest.length === 0
          ? queue.add(first.name, first.data, first.opts)
          : queue.addBulk([first, ...rest]);
      const added = adding.then(() => true);
      if (await within(added, REDIS_CALL_MS, false)) return true;
      throw new Error("Redis did not answer in time");
    } catch (error) {
      pausedUntil = clock.monotonicMs() + PAUSE_MS;
      onError(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }

  const held = heldHints(send);

  return {
    add: (hints, { mayHold = false } = {}) => (mayHold ? held.add : send)(hints),

    consume: (handler, onAnnounced = () => undefined) =>
      startBullmqConsumer({
        queue: QUEUE,
        url,
        prefix,
        clock,
        onError,
        handler,
        onAnnounced,
        hasWaiting,
      }),

    async close() {
      await held.settled();
      await queue.close().catch(onError);
      connection.disconnect();
    },
  };
}
