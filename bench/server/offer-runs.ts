import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { BusyServer } from "./busy-server.ts";
import { AGENT, AUTHORIZATION } from "./start-server.ts";

const TICK_MS = 10;
const LOOK_MS = 50;
const request = {
  path: "/runs/wait",
  method: "POST",
  headers: { "content-type": "application/json", authorization: AUTHORIZATION },
  body: JSON.stringify({ agent_id: AGENT, input: "Hello" }),
} as const;

export interface OfferOptions {
  /** Whether the server keeps up or not. */
  runsPerSecond: number;
  /** Before it is measured. */
  warmUpSeconds: number;
  seconds: number;
  /** An answer that comes later is worth nothing. */
  deadlineMs: number;
}

/**
 * Goodput: runs per second whose answers come in time, while so many are asked for (an open loop: who is refused
 * or late does not slow down who comes next). Nobody asks again. All runs are let end before it resolves.
 */
export async function offerRuns(server: BusyServer, options: OfferOptions): Promise<number> {
  const { runsPerSecond, warmUpSeconds, seconds, deadlineMs } = options;
  await using begun = new AsyncDisposableStack();
  const pool = begun.adopt(new Pool(server.url), (it) => it.close());
  const openRuns = begun.adopt(await server.watchOpenRuns(), (it) => it.close());
  const beginAt = performance.now();
  const from = beginAt + warmUpSeconds * 1000;
  const until = from + seconds * 1000;
  let inTime = 0;

  async function ask(): Promise<void> {
    const askedAt = performance.now();
    const { statusCode, body } = await pool.request(request);
    const text = await body.text();
    const now = performance.now();
    if (statusCode === 503) return;
    if (statusCode !== 200 || !text.includes("An answer."))
      throw new Error(`POST /runs/wait answered ${statusCode}: ${text}`);
    if (now - askedAt <= deadlineMs && now >= from && now < until) inTime += 1;
  }

  const asking: Promise<void>[] = [];
  for (let now = beginAt; now < until; now = performance.now()) {
    const due = ((now - beginAt) / 1000) * runsPerSecond;
    while (asking.length < due) {
      const one = ask();
      // Told when all are waited for.
      one.catch(() => undefined);
      asking.push(one);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(asking);
  while ((await openRuns.count()) > 0) await sleep(LOOK_MS);
  return inTime / seconds;
}
