import { setTimeout as sleep } from "node:timers/promises";
import type { BusyServer } from "./busy-server.ts";

export interface Crowd {
  /** Lets all runs end. */
  stop(): Promise<void>;
}

const AT_ONCE = 32;
const LOOK_MS = 50;

/** Keeps so many runs open, most of them queued, until it is stopped; resolves once they are. */
export async function startCrowd(
  server: Pick<BusyServer, "watchOpenRuns">,
  { count, admit }: { count: number; admit: () => Promise<unknown> },
): Promise<Crowd> {
  const openRuns = await server.watchOpenRuns();

  async function fill(): Promise<void> {
    let missing = count - (await openRuns.count());
    const admitNext = async (): Promise<void> => {
      while (missing > 0) {
        missing -= 1;
        await admit();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, admitNext));
  }

  await fill();
  let isOver = false;
  const filling = (async () => {
    while (!isOver) {
      await fill();
      await sleep(LOOK_MS);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await filling;
      while ((await openRuns.count()) > 0) await sleep(LOOK_MS);
      await openRuns.close();
    },
  };
}
