import { monitorRedis } from "../../services/redis-monitor.ts";

/** BullMQ's consumers, each in a worker of ours, as their fetches of hints show them. */
export interface FetchWatch {
  /** Where (`address:port`) each consumer, by BullMQ's id of it, asked last. */
  readonly consumers: ReadonlyMap<string, string>;
  close(): void;
}

/** BullMQ's scripts that fetch a job are those that are told of this key. */
const FETCHES = "llamaagent:runs:limiter";
/** With which a job that is fetched is locked: the consumer and a number. */
const TOKEN = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):\d+/;

/** The consumer that holds a lock. */
export const consumerOf = (token: string): string | undefined => TOKEN.exec(token)?.[1];

/** From now on. */
export async function watchFetches(redisUrl: string): Promise<FetchWatch> {
  const consumers = new Map<string, string>();
  const close = await monitorRedis(redisUrl, ({ args, source }) => {
    const consumer = args.includes(FETCHES) && consumerOf(args.join(" "));
    if (consumer) consumers.set(consumer, source);
  });
  return { consumers, close };
}
