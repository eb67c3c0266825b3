import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { cpuMicroseconds } from "../measure/cpu-time.ts";
import { quantile } from "../measure/quartiles.ts";
import type { Contender } from "./contender.ts";
import { answerTo } from "./echo-model.ts";

export interface Speed {
  runsPerSecond: number;
  /** Of servers and stores together. */
  cpuMsPerRun: number;
  p50Ms: number;
  p99Ms: number;
}

const WARM_UP_MS = 1_000;
let asked = 0;

/**
 * So many clients, each of which asks anew as soon as it has its answer. A wrong answer ends it with
 * an error. What ends within the first second is not counted.
 */
export async function askAtOnce(
  contender: Contender,
  { atOnce, seconds }: { atOnce: number; seconds: number },
): Promise<Speed> {
  const pool = new Pool(contender.url, { connections: atOnce });
  let latencies: number[] = [];
  let isOver = false;

  async function client(): Promise<void> {
    while (!isOver) {
      const begun = performance.now();
      await ask(pool, contender);
      latencies.push(performance.now() - begun);
    }
  }
  async function measure(): Promise<Speed> {
    await sleep(WARM_UP_MS);
    latencies = [];
    const before = { cpu: cpuMicroseconds(contender.pids()), at: performance.now() };
    await sleep(seconds * 1000);
    const cpu = cpuMicroseconds(contender.pids()) - before.cpu;
    const counted = latencies;
    return {
      runsPerSecond: counted.length / ((performance.now() - before.at) / 1000),
      cpuMsPerRun: cpu / 1000 / counted.length,
      p50Ms: quantile(counted, 0.5),
      p99Ms: quantile(counted, 0.99),
    };
  }
  const clients = Promise.all(Array.from({ length: atOnce }, client));
  try {
    return await Promise.race([measure(), clients.then(() => Promise.reject(new Error("over")))]);
  } finally {
    isOver = true;
    await clients;
    await pool.close();
  }
}

async function ask(pool: Pool, { name, headers, wait }: Contender): Promise<void> {
  asked += 1;
  const question = `Question ${asked}`;
  const { statusCode, body } = await pool.request({
    path: wait.path,
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(wait.body(question)),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${name} answered ${statusCode}: ${text}`);
  const answer = wait.answer(JSON.parse(text));
  if (answer !== answerTo(question))
    throw new Error(`${name} answered '${question}' with '${answer}'`);
}
