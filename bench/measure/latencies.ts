import { setTimeout as sleep } from "node:timers/promises";

/**
 * Milliseconds of each call, one after the other (or so many side by side), for so many seconds; `pauseMs`
 * between the end of one and the next.
 */
export async function latencies(
  { seconds, atOnce = 1, pauseMs }: { seconds: number; atOnce?: number; pauseMs?: number },
  call: () => Promise<unknown>,
): Promise<number[]> {
  const taken: number[] = [];
  const end = performance.now() + seconds * 1000;
  async function repeat(): Promise<void> {
    while (performance.now() < end) {
      const begin = performance.now();
      await call();
      taken.push(performance.now() - begin);
      if (pauseMs !== undefined) await sleep(pauseMs);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, repeat));
  return taken;
}

/** Before a measurement: code is compiled, connections are open, caches are filled. */
export async function warmUp(call: () => Promise<unknown>, times = 200): Promise<void> {
  for (let n = 0; n < times; n += 1) await call();
}
