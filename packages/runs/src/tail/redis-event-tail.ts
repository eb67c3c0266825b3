import {
  type Clock,
  isTerminalEventType,
  type RunEventTail,
  type RunEventType,
  type RunKey,
  type StoredEvent,
  type TailBatch,
  within,
} from "@llamaagent/core";
import type { Redis, Result } from "ioredis";
import { PAGE_BYTES, PAGE_EVENTS } from "../reading/event-page.ts";
import { PUBLISH, READ } from "./event-tail-scripts.ts";
import { lateEnds } from "./late-ends.ts";
import { connectRedis, REDIS_CALL_MS } from "../redis/redis-connection.ts";

/** Postgres has every event at most 5 s later, so the tail need not outlive a long step. */
const EXPIRE_MS = 600_000;
/** A terminal event is told after its commit: then Postgres has all, but for readers under way. */
const EXPIRE_ENDED_MS = 30_000;
const EVENTS_MAX = 10_000;
/** After a failed call no other is tried for this long. */
const PAUSE_MS = 1_000;
/** A half-open connection is silent: nothing but an unanswered ping tells. */
const PING_MS = 5_000;
const PING_ANSWER_MS = 2_000;

declare module "ioredis" {
  interface RedisCommander<Context> {
    readRunEvents(
      key: string,
      ...args: (string | number)[]
    ): Result<[lines: string[], hasMore: 0 | 1], Context>;
    publishRunEvents(...args: (string | number)[]): Result<number, Context>;
  }
}

/** The live tail on Redis: a stream per run, and one subscriber connection per replica. */
export function redisEventTail(options: {
  url: string;
  /** Separates deployments (and tests) on one Redis. */
  prefix: string;
  clock: Clock;
  onError: (error: Error) => void;
}): RunEventTail {
  const { url, prefix, clock, onError } = options;
  const commands = connectRedis(url, "request", onError);
  commands.defineCommand("publishRunEvents", { lua: PUBLISH });
  commands.defineCommand("readRunEvents", { lua: READ, numberOfKeys: 1 });
  const listeners = new Map<string, Set<(events: StoredEvent[]) => void>>();
  const leaving = new Set<string>();
  const gapListeners = new Set<() => void>();
  let subscriber: Redis | undefined;
  /** Events may have gone by that were not heard. */
  let missed = false;
  let pings: NodeJS.Timeout | undefined;

  function report(error: unknown): void {
    onError(error instanceof Error ? error : new Error(String(error)));
  }

  let pausedUntil = -Infinity;
  // One error a second says that Redis is away, not one for each event.
  const isReachable = (): boolean =>
    commands.status === "ready" && clock.monotonicMs() >= pausedUntil;
  function failed(error: unknown): void {
    pausedUntil = clock.monotonicMs() + PAUSE_MS;
    report(error);
  }

  const streamKey = ({ tenantId, runId }: RunKey): string =>
    `${prefix}:{${tenantId}:${runId}}:events`;

  /** Opened with the first reader: a worker has none. */
  function subscriberConnection(): Redis {
    if (subscriber) return subscriber;
    const connection = connectRedis(url, "blocking", onError);
    subscriber = connection;
    connection.on("message", (channel: string, message: string) => {
      const events = message.split("\n").map(parseLine);
      for (const listener of listeners.get(channel) ?? []) listener(events);
    });
    connection.on("close", () => {
      missed = true;
    });
    connection.on("ready", () => {
      if (missed) void announceGap(connection);
    });
    pings = setInterval(() => void ping(connection), PING_MS);
    pings.unref();
    return connection;
  }

  /** ioredis has sent the subscriptions again before it says `ready`: an answered ping comes after them. */
  async function announceGap(connection: Redis): Promise<void> {
    try {
      await connection.ping();
      missed = false;
      for (const listener of gapListeners) listener();
    } catch (error) {
      report(error); // the next `ready` tries again
    }
  }

  /** After what its reader does next: nobody waits for it, and one command does for many. */
  function unsubscribeLater(connection: Redis, channel: string): void {
    if (leaving.size === 0)
      setImmediate(() => {
        // Somebody may have come for it again.
        const channels = [...leaving].filter((left) => !listeners.has(left));
        leaving.clear();
        if (channels.length > 0) connection.unsubscribe(...channels).catch(report);
      });
    leaving.add(channel);
  }

  async function ping(connection: Redis): Promise<void> {
    if (connection.status !== "ready") return;
    const answered = connection.ping().then(
      () => true,
      () => false,
    );
    if (await within(answered, PING_ANSWER_MS, false)) return;
    connection.disconnect(true);
  }

  async function send(batches: readonly TailBatch[]): Promise<boolean> {
    if (!isReachable()) return false;
    try {
      const keys = batches.map(streamKey);
      const given = batches.flatMap(({ events }) => [
        events.some(({ type }) => isTerminalEventType(type)) ? EXPIRE_ENDED_MS : EXPIRE_MS,
        events.map(({ id, type, data }) => `${id} ${type} ${data}`).join("\n"),
      ]);
      await commands.publishRunEvents(keys.length, ...keys, EVENTS_MAX, ...given);
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  }

  const ends = lateEnds({ send, everyMs: PAUSE_MS });

  return {
    async publish(batches) {
      if (!(await send(batches))) ends.keep(batches);
    },

    async read(run, afterId) {
      const nothing = { events: [], hasMore: false };
      if (!isReachable()) return nothing;
      try {
        const limits = [PAGE_EVENTS, PAGE_BYTES];
        const [lines, hasMore] = await commands.readRunEvents(streamKey(run), afterId, ...limits);
        return { events: lines.map(parseLine), hasMore: hasMore === 1 };
      } catch (error) {
        failed(error);
        return nothing;
      }
    },

    async subscribe(run, listener) {
      const channel = streamKey(run);
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(listener));
      const connection = subscriberConnection();
      // While Redis is away the reader lives on Postgres; ioredis subscribes again by itself.
      const subscribed = connection.subscribe(channel).then(
        () => true,
        (error: unknown) => (report(error), false),
      );
      if (!(await within(subscribed, REDIS_CALL_MS, false))) {
        missed = true;
        void subscribed.then((late) => (late ? announceGap(connection) : undefined));
      }
      return {
        async close() {
          if (!set.delete(listener) || set.size > 0) return;
          listeners.delete(channel);
          unsubscribeLater(connection, channel);
        },
      };
    },

    onGap(listener) {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
    // `read` goes over the other connection. Before the first reader there is no subscriber.
    isLive: () => isReachable() && (subscriber ?? commands).status === "ready" && !missed,
    async close() {
      ends.close();
      clearInterval(pings);
      listeners.clear();
      commands.disconnect();
      subscriber?.disconnect();
    },
  };
}

/** `<id> <type> <data>`: neither id nor type holds a blank, JSON text holds no line break. */
function parseLine(line: string): StoredEvent {
  const first = line.indexOf(" ");
  const second = line.indexOf(" ", first + 1);
  return {
    id: line.slice(0, first),
    // Written by publish above, from a StoredEvent.
    type: line.slice(first + 1, second) as RunEventType,
    data: line.slice(second + 1),
  };
}
