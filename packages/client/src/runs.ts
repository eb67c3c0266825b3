import type { CallOptions, CreateRunOptions } from "./call-options.ts";
import type {
  Run,
  RunBatchCreated,
  RunCreate,
  RunFork,
  RunResume,
  RunRetry,
  RunsCancel,
  RunsCancelled,
  RunSearch,
  RunStepList,
  RunWaitResponse,
} from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import { query } from "./query.ts";
import type { RunEvent } from "./run-event.ts";
import type { Runtime } from "./runtime.ts";
import { type StreamOptions, streamRun } from "./stream-run.ts";
import { waitForRun } from "./wait-run.ts";

export interface RunsClient {
  /** Starts a run in the background. */
  create(run: RunCreate, options?: CreateRunOptions): Promise<Run>;
  get(runId: string, options?: CallOptions): Promise<Run>;
  steps(runId: string, options?: CallOptions): Promise<RunStepList>;
  /** `rollback` also removes it; its thread is as if it had never been. `wait`: until it has ended. */
  cancel(
    runId: string,
    options?: CallOptions & {
      action?: "interrupt" | "rollback" | undefined;
      wait?: boolean | undefined;
    },
  ): Promise<void>;
  /** Removes a run, its steps and events; one that has not ended is ended first. */
  delete(runId: string, options?: CallOptions): Promise<void>;
  /** Starts a run from where its thread stood before this one; it says what is to be different. */
  fork(runId: string, fork?: RunFork, options?: CreateRunOptions): Promise<Run>;
  /** Starts up to 100 runs in the background, each with its own outcome. */
  createMany(runs: readonly RunCreate[], options?: CreateRunOptions): Promise<RunBatchCreated>;
  /** Newest first; `cursor` is the id of the last run of the page before, and an empty page comes last. */
  search(search?: RunSearch, options?: CallOptions): Promise<Run[]>;
  /** Up to 100, by their ids or by what they have in common. */
  cancelMany(which: RunsCancel, options?: CallOptions): Promise<RunsCancelled>;
  /** Takes up an ended run where it came to nothing; asked again, it is that one, which may be retried itself. */
  retry(runId: string, retry?: RunRetry, options?: CallOptions): Promise<Run>;
  /** Says how a step whose outcome is unknown really went; the run goes on from there. */
  resume(runId: string, outcome: RunResume, options?: CallOptions): Promise<Run>;
  /** The run when it has ended, or waits for a person; over as many connections as it takes; of a run by id or of one to start. */
  wait(run: string | RunCreate, options?: CreateRunOptions): Promise<RunWaitResponse>;
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
    createMany: (json, { signal, idempotencyKey = runtime.newKey() } = {}) =>
      sendRepeatable(runtime, {
        method: "POST",
        path: "/runs/batch",
        json,
        headers: { "idempotency-key": idempotencyKey },
        signal,
      }),
    search: (json = {}, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: "/runs/search", json, signal }),
    // Of named runs cancelling twice is cancelling once; a filter finds others the second time.
    cancelMany: (json, { signal } = {}) =>
      (json.run_ids !== undefined ? sendRepeatable : sendForJson)(runtime, {
        method: "POST",
        path: "/runs/cancel",
        json,
        signal,
      }),
    get: (runId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: path(runId), signal }),
    steps: (runId, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: `${path(runId)}/steps`, signal }),
    // Cancelling twice is cancelling once; what was removed is not found again.
    async cancel(runId, { signal, action, wait } = {}) {
      await (action === "rollback" ? sendForJson : sendRepeatable)(runtime, {
        method: "POST",
        path: `${path(runId)}/cancel${query({ action })}`,
        signal,
      });
      if (wait && action !== "rollback") await waitForRun(runtime, runId, { signal });
    },
    delete: (runId, { signal } = {}) =>
      sendForJson(runtime, { method: "DELETE", path: path(runId), signal }),
    fork: (runId, json = {}, { signal, idempotencyKey = runtime.newKey() } = {}) =>
      sendRepeatable(runtime, {
        method: "POST",
        path: `${path(runId)}/fork`,
        json,
        headers: { "idempotency-key": idempotencyKey },
        signal,
      }),
    retry: (runId, json = {}, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: `${path(runId)}/retry`, json, signal }),
    resume: (runId, json, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: `${path(runId)}/resume`, json, signal }),
    wait: (run, options) => waitForRun(runtime, run, options),
    stream: (run, options) => streamRun(runtime, run, options),
  };
}
