import { once } from "node:events";
import { Agent } from "node:http";
import { MessageChannel, Worker } from "node:worker_threads";
import type { Metric, Sample } from "../metrics/metric.ts";
import { sendRequest } from "../send-request.ts";
import { requestSamples } from "./request-samples.ts";
import type { FromVu, VuCall, VuData, VuRequest } from "./protocol.ts";

export type CallOutcome =
  | Extract<FromVu, { kind: "returned" | "threw" }>
  /** Its thread was ended meanwhile. */
  | { kind: "interrupted" };

/** A virtual user: a thread with the script, which does one call at a time. */
export interface Vu {
  id: number;
  /** What the script exports. */
  options: unknown;
  functions: readonly string[];
  call(call: VuCall): Promise<CallOutcome>;
  /** At once, also inside a call. */
  end(): Promise<void>;
}

export interface VuSurroundings {
  script: URL;
  env: Record<string, string>;
  onMetric: (metric: Metric) => void;
  onSample: (sample: Sample) => void;
  onAbort: (reason: string) => void;
}

/** Rejects with the script's fault where it cannot be loaded. */
export async function startVu(id: number, surroundings: VuSurroundings): Promise<Vu> {
  const { script, env } = surroundings;
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1: answers, port2 } = new MessageChannel();
  const workerData: VuData = { script: script.href, env, id, signal, answers: port2 };
  const worker = new Worker(new URL("vu-main.ts", import.meta.url), {
    workerData,
    transferList: [port2],
  });
  const agent = new Agent({ keepAlive: true });
  const failed = once(worker, "error").then(([error]: unknown[]) => Promise.reject(error));
  let place: VuCall["place"];
  let settle: (outcome: CallOutcome) => void = () => undefined;
  failed.catch((error: unknown) => settle({ kind: "threw", fault: String(error), ms: 0 }));
  worker.once("exit", () => settle({ kind: "interrupted" }));

  const answer = async (request: VuRequest): Promise<void> => {
    const tags = scenarioTags(place);
    const sent = await sendRequest(request, agent);
    requestSamples(request, sent, tags).forEach(surroundings.onSample);
    answers.postMessage(sent.response);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  };
  const loaded = new Promise<Extract<FromVu, { kind: "loaded" }>>((resolve) => {
    worker.on("message", (message: FromVu) => {
      switch (message.kind) {
        case "loaded":
          return resolve(message);
        case "metric":
          return surroundings.onMetric(message.metric);
        case "sample": {
          const { tags, ...sample } = message.sample;
          return surroundings.onSample({ ...sample, tags: { ...scenarioTags(place), ...tags } });
        }
        case "request":
          return void answer(message.request);
        case "abort":
          return surroundings.onAbort(message.reason);
        case "returned":
        case "threw":
          return settle(message);
      }
    });
  });
  const end = async (): Promise<void> => {
    await worker.terminate();
    answers.close();
    agent.destroy();
  };
  try {
    const { options, functions } = await Promise.race([loaded, failed]);
    return {
      id,
      options,
      functions,
      call(call) {
        place = call.place;
        return new Promise((resolve) => {
          settle = resolve;
          worker.postMessage(call);
        });
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function scenarioTags(place: VuCall["place"]): Record<string, string> {
  return place === undefined ? {} : { scenario: place.name };
}
