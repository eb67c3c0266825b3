import { Pool } from "undici";
import { startBareChain } from "../arms/bare-chain.ts";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { warmUp } from "../measure/latencies.ts";
import { median } from "../measure/quartiles.ts";
import { AGENT, AUTHORIZATION, startServer } from "../server/start-server.ts";

/** How soon a reader sees that its run has begun. */
export const firstEvent: Benchmark = {
  rows: [
    {
      id: "first_event",
      what: "p50 from POST /runs/stream to `run.started` at the reader / the same chain of hops written bare (POST, INSERT commit, BullMQ, UPDATE commit, publish, SSE), fsync on in both",
      unit: "×",
      goal: { atMost: 2, aim: 1.5 },
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const chain = begun.adopt(await startBareChain(), (it) => it.close());
    const server = begun.adopt(await startServer({ workers: 1, model: "bench/20" }), (it) =>
      it.close(),
    );
    const reader = (url: string) => {
      const pool = begun.adopt(new Pool(url, { connections: 1 }), (it) => it.close());
      return () => untilStarted(pool);
    };
    const [bare, ours] = [reader(chain.url), reader(server.url)];
    await warmUp(bare, 100);
    await warmUp(ours, 100);
    const measured = await alternate(
      { ...rounds, units: "ms" },
      {
        bare: () => medianOf(rounds.seconds, bare),
        ours: () => medianOf(rounds.seconds, ours),
      },
    );
    const ms = (arm: "bare" | "ours") => median(measured.map((round) => round[arm])).toFixed(2);
    return {
      first_event: {
        perRound: measured.map((round) => round.ours / round.bare),
        detail: `${ms("ours")} ms; ${ms("bare")} ms bare`,
      },
    };
  },
};

async function medianOf(seconds: number, call: () => Promise<number>): Promise<number> {
  const taken: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) taken.push(await call());
  return median(taken);
}

/** Milliseconds to the event; the stream is then read to its end, so that runs never overlap. */
async function untilStarted(pool: Pool): Promise<number> {
  const begin = performance.now();
  const { statusCode, body } = await pool.request({
    path: "/runs/stream",
    method: "POST",
    headers: { "content-type": "application/json", authorization: AUTHORIZATION },
    body: JSON.stringify({ agent_id: AGENT, input: "Hello" }),
  });
  let text = "";
  let startedMs: number | undefined;
  for await (const chunk of body) {
    text += String(chunk);
    if (text.includes("event: run.started")) startedMs ??= performance.now() - begin;
  }
  if (startedMs === undefined || !text.includes("event: run.completed"))
    throw new Error(`POST /runs/stream answered ${statusCode}: ${text}`);
  return startedMs;
}
