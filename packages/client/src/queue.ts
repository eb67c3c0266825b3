import type { CallOptions } from "./call-options.ts";
import type { QueueStats, RunPage } from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

export interface DeadOptions extends CallOptions {
  reason?: string | undefined;
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

export interface QueueClient {
  stats(options?: CallOptions): Promise<QueueStats>;
  /** Runs that ended in error or timed out and were neither retried nor dropped, newest first. */
  dead(options?: DeadOptions): Promise<RunPage>;
  /** Takes a run off that list; the run itself stays. */
  drop(runId: string, options?: CallOptions): Promise<void>;
}

export function queueClient(runtime: Runtime): QueueClient {
  return {
    stats: ({ signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: "/queue/stats", signal }),
    dead: ({ signal, ...parameters } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: `/queue/dead${query(parameters)}`, signal }),
    drop: (runId, { signal } = {}) =>
      sendForJson(runtime, {
        method: "DELETE",
        path: `/queue/dead/${encodeURIComponent(runId)}`,
        signal,
      }),
  };
}
