import type { CancelSignals } from "@llamaagent/core";
import type { Redis } from "ioredis";
import { connectRedis } from "../redis/redis-connection.ts";

/** One channel for all runs: cancelling is rare, and every worker may be the owner. */
export function redisCancelSignals(options: {
  url: string;
  prefix: string;
  onError: (error: Error) => void;
}): CancelSignals {
  const { url, onError } = options;
  const channel = `${options.prefix}:cancel`;
  const publisher = connectRedis(url, "request", onError);
  let subscriber: Redis | undefined;
  return {
    async publish({ runId }) {
      // The owner looks at Postgres within a second anyway.
      await publisher.publish(channel, runId).catch(onError);
    },
    subscribe(listener) {
      subscriber ??= connectRedis(url, "blocking", onError);
      subscriber.on("message", (_channel: string, runId: string) => listener(runId));
      void subscriber.subscribe(channel).catch(onError);
    },
    async close() {
      publisher.disconnect();
      subscriber?.disconnect();
    },
  };
}
