import type { CallOptions } from "./call-options.ts";
import type { Info } from "./generated/types.ts";
import { sendRepeatable } from "./http.ts";
import type { Runtime } from "./runtime.ts";

export interface InfoClient {
  /** What the server is: its version, how it runs, what it has routes for. */
  get(options?: CallOptions): Promise<Info>;
}

export function infoClient(runtime: Runtime): InfoClient {
  return {
    get: ({ signal } = {}) => sendRepeatable(runtime, { method: "GET", path: "/info", signal }),
  };
}
