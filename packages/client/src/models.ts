import type { CallOptions } from "./call-options.ts";
import type { ModelList } from "./generated/types.ts";
import { sendRepeatable } from "./http.ts";
import type { Runtime } from "./runtime.ts";

export interface ModelsClient {
  /** Providers, and what is known of their models without a paid call. */
  list(options?: CallOptions): Promise<ModelList>;
}

export function modelsClient(runtime: Runtime): ModelsClient {
  return {
    list: ({ signal } = {}) => sendRepeatable(runtime, { method: "GET", path: "/models", signal }),
  };
}
