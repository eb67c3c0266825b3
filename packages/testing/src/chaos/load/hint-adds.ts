import { observeRedis } from "./observe-redis.ts";

/** How many hints were added; also those that were folded into one that was there. */
export interface HintAdds {
  total(): number;
  /** The most in any window of so many milliseconds since the moment (`performance.now()`). */
  mostWithin(ms: number, since: number): number;
  close(): void;
}

/** BullMQ counts each add here, whether it made a job or not. */
const COUNTER = "llamaagent:runs:id";
const SAMPLE_MS = 250;

export async function watchHintAdds(redisUrl: string): Promise<HintAdds> {
  const redis = observeRedis(redisUrl);
  const samples: { at: number; count: number }[] = [];
  const sample = async (): Promise<void> => {
    const count = Number((await redis.get(COUNTER)) ?? 0);
    samples.push({ at: performance.now(), count });
  };
  await sample();
  const timer = setInterval(() => void sample().catch(() => undefined), SAMPLE_MS); // Redis closes first
  return {
    total: () => samples.at(-1)?.count ?? 0,
    mostWithin(ms, since) {
      const own = samples.filter(({ at }) => at >= since);
      return Math.max(
        0,
        ...own.map((from) => {
          const last = own.findLast(({ at }) => at <= from.at + ms);
          return (last?.count ?? 0) - from.count;
        }),
      );
    },
    close() {
      clearInterval(timer);
      redis.disconnect();
    },
  };
}
