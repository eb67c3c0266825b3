import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { AUTHORIZATION } from "../server/start-server.ts";

const CONNECTIONS = 32;
const WARM_UP_MS = 500;

/** POSTs of one body over 32 connections, each as fast as it is answered: answers per second. */
export async function requestRate(options: {
  url: string;
  path: string;
  body: string;
  seconds: number;
}): Promise<number> {
  const pool = new Pool(options.url, { connections: CONNECTIONS });
  const request = {
    path: options.path,
    method: "POST",
    headers: { "content-type": "application/json", authorization: AUTHORIZATION },
    body: options.body,
  } as const;
  let answered = 0;
  let isOver = false;
  async function post(): Promise<void> {
    while (!isOver) {
      const { statusCode, body } = await pool.request(request);
      await body.dump();
      if (statusCode !== 200) throw new Error(`POST ${options.path} answered ${statusCode}`);
      answered += 1;
    }
  }
  async function measure(): Promise<number> {
    await sleep(WARM_UP_MS);
    const before = { answered, at: performance.now() };
    await sleep(options.seconds * 1000);
    const seconds = (performance.now() - before.at) / 1000;
    return (answered - before.answered) / seconds;
  }
  const posting = Promise.all(Array.from({ length: CONNECTIONS }, post));
  try {
    return await Promise.race([measure(), posting.then(() => Promise.reject(new Error("over")))]);
  } finally {
    isOver = true;
    await posting;
    await pool.close();
  }
}
