import { setTimeout as sleep } from "node:timers/promises";
import { type Dispatcher, Pool } from "undici";
import { cpuMicroseconds } from "./cpu-time.ts";
import { AUTHORIZATION } from "../server/start-server.ts";

const CONNECTIONS = 32;
const WARM_UP_MS = 500;

export interface MeasuredRequests {
  perSecond: number;
  /** CPU of the processes that were given, of each. */
  microseconds: number;
}

/** One request again and again over 32 connections, each as fast as it is answered. */
export async function measureRequests(options: {
  url: string;
  request: Pick<Dispatcher.RequestOptions, "path" | "method" | "headers" | "body">;
  seconds: number;
  pids: readonly number[];
}): Promise<MeasuredRequests> {
  const { url, request, pids } = options;
  const pool = new Pool(url, { connections: CONNECTIONS });
  let answered = 0;
  let isOver = false;
  async function ask(): Promise<void> {
    while (!isOver) {
      const { statusCode, body } = await pool.request(request);
      await body.dump();
      if (statusCode !== 200)
        throw new Error(`${request.method} ${request.path} answered ${statusCode}`);
      answered += 1;
    }
  }
  const reading = () => ({ answered, at: performance.now(), cpu: cpuMicroseconds(pids) });
  async function measure(): Promise<MeasuredRequests> {
    await sleep(WARM_UP_MS);
    const before = reading();
    await sleep(options.seconds * 1000);
    const after = reading();
    const requests = after.answered - before.answered;
    return {
      perSecond: requests / ((after.at - before.at) / 1000),
      microseconds: (after.cpu - before.cpu) / requests,
    };
  }
  const asking = Promise.all(Array.from({ length: CONNECTIONS }, ask));
  try {
    return await Promise.race([measure(), asking.then(() => Promise.reject(new Error("over")))]);
  } finally {
    isOver = true;
    await asking;
    await pool.close();
  }
}

/** POSTs of one body: answers per second. */
export async function requestRate(options: {
  url: string;
  path: string;
  body: string;
  seconds: number;
}): Promise<number> {
  const { url, path, body, seconds } = options;
  const headers = { "content-type": "application/json", authorization: AUTHORIZATION };
  const request = { path, method: "POST" as const, headers, body };
  return (await measureRequests({ url, request, seconds, pids: [] })).perSecond;
}
