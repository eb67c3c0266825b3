import type { CallOptions } from "./call-options.ts";
import type { Me } from "./generated/types.ts";
import { sendRepeatable } from "./http.ts";
import type { Runtime } from "./runtime.ts";

export interface MeClient {
  /** Who the client's key speaks for, and what it may do. */
  get(options?: CallOptions): Promise<Me>;
}

export function meClient(runtime: Runtime): MeClient {
  return {
    get: ({ signal } = {}) => sendRepeatable(runtime, { method: "GET", path: "/me", signal }),
  };
}
