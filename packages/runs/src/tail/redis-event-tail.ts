import {
  type RunEventTail,
  type RunEventType,
  type RunKey,
  type StoredEvent,
} from "@llamaagent/core";
import type { Redis, Result } from "ioredis";
import { connectRedis } from "../redis-connection.ts";

/** Postgres has every event at most 5 s later, so the tail need not outlive a long step. */
const EXPIRE_MS = 600_000;
const EVENTS_MAX = 10_000;

/**
 * Adds all events, then announces them. XADD refuses an id at or below the stream's last, so a writer
 * that lost the run (a lower epoch) adds nothing and announces nothing.
 * KEYS: stream. ARGV: channel, expiry in ms, most entries, then id and line of each event.
 */
const PUBLISH = `
for i = 4, #ARGV, 2 do
  local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], ARGV[i], 'e', ARGV[i + 1])
  if type(added) == 'table' and added.err then return 0 end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local lines = {}
for i = 4, #ARGV, 2 do lines[#lines + 1] = ARGV[i] .. ' ' .. ARGV[i + 1] end
redis.call('PUBLISH', ARGV[1], table.concat(lines, '\\n'))
return 1`;

declare module "ioredis" {
  interface RedisCommander<Context> {
    publishRunEvents(...args: (string | number)[]): Result<number, Context>;
  }
}

/** The live tail on Redis: a stream per run, and one subscriber connection per replica. */
export function redisEventTail(options: {
  url: string;
  /** Separates deployments (and tests) on one Redis. */
  prefix: string;
  onError: (error: Error) => void;
}): RunEventTail {
  const { url, prefix, onError } = options;
  const commands = connectRedis(url, "request", onError);
  commands.defineCommand("publishRunEvents", { numberOfKeys: 1, lua: PUBLISH });
  const listeners = new Map<string, Set<(events: StoredEvent[]) => void>>();
  const gapListeners = new Set<() => void>();
  let subscriber: Redis | undefined;

  // The braces make one slot of a run's keys on Redis Cluster.
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
    let seen = false;
    connection.on("ready", () => {
      if (seen) for (const listener of gapListeners) listener();
      seen = true;
    });
    return connection;
  }

  return {
    async publish(batches) {
      await Promise.all(
        batches.map(async (batch) => {
          const key = streamKey(batch);
          const lines = batch.events.flatMap(({ id, type, data }) => [id, `${type} ${data}`]);
          try {
            await commands.publishRunEvents(key, key, EXPIRE_MS, EVENTS_MAX, ...lines);
          } catch (error) {
            onError(error instanceof Error ? error : new Error(String(error)));
          }
        }),
      );
    },

    async read(run, afterId) {
      try {
        const entries = await commands.xrange(streamKey(run), `(${afterId}`, "+");
        return entries.map(([id, fields]) => parseLine(`${id} ${fields[1] ?? ""}`));
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
        return [];
      }
    },

    async subscribe(run, listener) {
      const channel = streamKey(run);
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(listener));
      const connection = subscriberConnection();
      // While Redis is away the reader lives on Postgres; ioredis subscribes again by itself.
      const subscribed = connection.subscribe(channel).catch(onError);
      await Promise.race([subscribed, new Promise((resolve) => setTimeout(resolve, 250))]);
      return {
        async close() {
          set.delete(listener);
          if (set.size > 0) return;
          listeners.delete(channel);
          void connection.unsubscribe(channel).catch(onError);
        },
      };
    },

    onGap(listener) {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
    isLive: () => subscriber?.status === "ready",
    async close() {
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
