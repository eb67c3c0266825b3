import type { CallOptions } from "./call-options.ts";
import type { StrategyList } from "./generated/types.ts";
import { sendRepeatable } from "./http.ts";
import type { Runtime } from "./runtime.ts";

export interface StrategiesClient {
  /** What an agent may name as its `prompting`. */
  list(options?: CallOptions): Promise<StrategyList>;
}

export function strategiesClient(runtime: Runtime): StrategiesClient {
  return {
    list: ({ signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: "/strategies", signal }),
  };
}
