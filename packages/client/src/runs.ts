import type { CallOptions } from "./call-options.ts";
import type { Run, RunCreate, RunResume, RunStepList, RunWaitResponse } from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import type { RunEvent } from "./run-event.ts";
import type { Runtime } from "./runtime.ts";
import { type StreamOptions, streamRun } from "./stream-run.ts";
import { waitForRun } from "./wait-run.ts";

export interface CreateRunOptions extends CallOptions {
  /** Another request with the same key and body joins the run; made up when not given. */
  idempotencyKey?: string | undefined;
}

export interface RunsClient {
  /** Starts a run in the background. */
  create(run: RunCreate, options?: CreateRunOptions): Promise<Run>;
  get(runId: string, options?: CallOptions): Promise<Run>;
  steps(runId: string, options?: CallOptions): Promise<RunStepList>;
  cancel(runId: string, options?: CallOptions): Promise<void>;
  /** Says how a step whose outcome is unknown really went; the run goes on from there. */
  resume(runId: string, outcome: RunResume, options?: CallOptions): Promise<Run>;
  /** The run when it has ended, or waits for a person; over as many connections as it takes; of a run by id or of one to start. */
  wait(run: string | RunCreate, options?: CallOptions): Promise<RunWaitResponse>;
  /** Its events up to the end, each once, over as many connections as it takes. */
  stream(run: string | RunCreate, options?: StreamOptions): AsyncGenerator<RunEvent>;
}

export function runsClient(runtime: Runtime): RunsClient {
  const path = (runId: string) => `/runs/${encodeURIComponent(runId)}`;
  return {
    create: (json, { signal, idempotencyKey = runtime.newKey() } = {}) =>
      sendRepeatable(runtime, {
        method: "POST",
        path: "/runs",
        json,
        headers: { "idempotency-key": idempotencyKey },
        signal,
      }),
    get: (runId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: path(runId), signal }),
    steps: (runId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: `${path(runId)}/steps`, signal }),
    // Cancelling twice is cancelling once.
    cancel: (runId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: `${path(runId)}/cancel`, signal }),
    resume: (runId, json, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: `${path(runId)}/resume`, json, signal }),
    wait: (run, options) => waitForRun(runtime, run, options),
    stream: (run, options) => streamRun(runtime, run, options),
  };
}
