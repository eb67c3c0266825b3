import type { CallOptions } from "./call-options.ts";
import type { Readiness } from "./generated/types.ts";
import { sendForJson } from "./http.ts";
import type { Runtime } from "./runtime.ts";

/** Each is one attempt: whether the server answers now is the question. Both throw where not. */
export interface HealthClient {
  /** The process runs. */
  live(options?: CallOptions): Promise<void>;
  /** It can take requests: what it needs is there. */
  ready(options?: CallOptions): Promise<Readiness>;
}

export function healthClient(runtime: Runtime): HealthClient {
  return {
    live: async ({ signal } = {}) => {
      await sendForJson(runtime, { method: "GET", path: "/health/live", signal });
    },
    ready: ({ signal } = {}) =>
      sendForJson(runtime, { method: "GET", path: "/health/ready", signal }),
  };
}
