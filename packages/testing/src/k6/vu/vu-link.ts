import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Metric, Sample } from "../metrics/metric.ts";
import type { FromVu, ScenarioPlace, VuData, VuRequest, VuResponse } from "./protocol.ts";

/** What the doubles of k6's modules have of the runner, in the thread of a VU. */
export interface VuLink {
  id: number;
  /** Undefined outside iterations. */
  place: ScenarioPlace | undefined;
  declare(metric: Metric): void;
  add(sample: Sample): void;
  abort(reason: string): void;
  /** Blocks the thread until the answer is there, as k6 blocks a VU. */
  request(request: VuRequest): VuResponse;
  sleep(ms: number): void;
}

let opened: VuLink | undefined;

/** k6's modules are the same for all of a VU's script; so is what stands behind them. */
export function openVuLink({ id, signal, answers }: VuData, port: MessagePort): VuLink {
  const tell = (message: FromVu): void => port.postMessage(message);
  const never = new Int32Array(new SharedArrayBuffer(4));
  opened = {
    id,
    place: undefined,
    declare: (metric) => tell({ kind: "metric", metric }),
    add: (sample) => tell({ kind: "sample", sample }),
    abort: (reason) => tell({ kind: "abort", reason }),
    request(request) {
      Atomics.store(signal, 0, 0);
      tell({ kind: "request", request });
      Atomics.wait(signal, 0, 0);
      const received = receiveMessageOnPort(answers);
      if (received === undefined) throw new Error("the runner gave no answer");
      return received.message as VuResponse; // of our own main thread
    },
    sleep: (ms) => void Atomics.wait(never, 0, 0, ms),
  };
  return opened;
}

export function vuLink(): VuLink {
  if (opened === undefined) throw new Error("k6's modules are there only inside a VU");
  return opened;
}
