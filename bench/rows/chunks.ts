import { join } from "node:path";
import { createClient } from "@llamaagent/client";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { Pool } from "undici";
import { CHUNKS, createStampReader } from "../arms/chunk-stamp.ts";
import type { Benchmark } from "../benchmark.ts";
import { alternate } from "../measure/alternate.ts";
import { cpuMicroseconds } from "../measure/cpu-time.ts";
import { latencies } from "../measure/latencies.ts";
import { median } from "../measure/quartiles.ts";
import { KNOWN_KEY } from "@llamaagent/testing/services/known-key";
import { AGENT, AUTHORIZATION, startServer } from "../server/start-server.ts";

const STREAMS_AT_ONCE = 10;
const ONE_CHUNK_AGENT = "one-chunk";

/** What passing on a model's stream costs. */
export const chunks: Benchmark = {
  rows: [
    {
      id: "chunk_cpu",
      what: "CPU of api, worker, Redis and Postgres that a streamed chunk adds to a run (50 chunks in 500 ms, against one chunk after as long)",
      unit: "µs",
    },
    {
      id: "chunk_delay",
      what: "p50 from the model's sending a chunk to its reader, through the server / direct to the model",
      unit: "×",
    },
  ],
  async measure(rounds) {
    await using begun = new AsyncDisposableStack();
    const model = await spawnNode([join(import.meta.dirname, "../arms/chunk-model-main.ts")]);
    begun.defer(() => model.kill());
    const [, modelUrl = ""] = await model.waitFor(/^listening at (\S+)$/);
    const server = await startServer({
      workers: 1,
      model: `openai/chunks-${CHUNKS}`,
      env: { OPENAI_BASE_URL: modelUrl, OPENAI_API_KEY: "fake-key" },
    });
    begun.defer(() => server.close());
    await createClient({ url: server.url, apiKey: KNOWN_KEY }).agents.create({
      name: ONE_CHUNK_AGENT,
      model: "openai/chunks-1",
    });

    async function load(url: string, path: string, body: object) {
      const pool = new Pool(new URL(url).origin, { connections: STREAMS_AT_ONCE });
      const delays: number[] = [];
      const cpu = cpuMicroseconds(server.pids);
      const runs = await latencies({ ...rounds, atOnce: STREAMS_AT_ONCE }, async () => {
        delays.push(...(await readStream(pool, path, body)));
      });
      await pool.close();
      const spent = cpuMicroseconds(server.pids) - cpu;
      return { delayMs: median(delays), cpuPerRun: spent / runs.length };
    }

    const ours = { agent_id: AGENT, input: "Hello" };
    const messages = [{ role: "user", content: "Hello" }];
    const direct = { model: `chunks-${CHUNKS}`, stream: true, messages };
    await load(server.url, "/runs/stream", ours);
    const measured = await alternate(
      { ...rounds, units: { delayMs: "ms of delay a chunk", cpuPerRun: "µs of CPU a run" } },
      {
        direct: () => load(modelUrl, "/v1/chat/completions", direct),
        server: () => load(server.url, "/runs/stream", ours),
        oneChunk: () =>
          load(server.url, "/runs/stream", { agent_id: ONE_CHUNK_AGENT, input: "Hello" }),
      },
    );
    const ms = (arm: "direct" | "server") =>
      median(measured.map((round) => round[arm].delayMs)).toFixed(2);
    return {
      chunk_cpu: {
        perRound: measured.map(
          (round) => (round.server.cpuPerRun - round.oneChunk.cpuPerRun) / (CHUNKS - 1),
        ),
        detail: `${STREAMS_AT_ONCE} streams at once, ${CHUNKS} chunks each`,
      },
      chunk_delay: {
        perRound: measured.map((round) => round.server.delayMs / round.direct.delayMs),
        detail: `${ms("server")} ms; ${ms("direct")} ms direct`,
      },
    };
  },
};

/** The delays of the chunks, in milliseconds. */
async function readStream(pool: Pool, path: string, request: object): Promise<number[]> {
  const { statusCode, body } = await pool.request({
    path,
    method: "POST",
    headers: { "content-type": "application/json", authorization: AUTHORIZATION },
    body: JSON.stringify(request),
  });
  const reader = createStampReader();
  // An event that holds the whole message comes after its chunks: those stamps are not read again.
  let isOver = false;
  for await (const chunk of body) {
    const text = String(chunk);
    const end = text.indexOf("message.completed");
    if (!isOver) reader.read(end === -1 ? text : text.slice(0, end));
    isOver ||= end !== -1;
  }
  if (statusCode !== 200 || reader.delays.length === 0)
    throw new Error(`POST ${path} answered ${statusCode} without a chunk`);
  return reader.delays;
}
