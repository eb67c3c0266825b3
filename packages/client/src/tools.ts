import type { CallOptions } from "./call-options.ts";
import type { Tool, ToolList } from "./generated/types.ts";
import { sendRepeatable } from "./http.ts";
import type { Runtime } from "./runtime.ts";

export interface ToolsClient {
  list(options?: CallOptions): Promise<ToolList>;
  get(name: string, options?: CallOptions): Promise<Tool>;
}

export function toolsClient(runtime: Runtime): ToolsClient {
  return {
    list: ({ signal } = {}) => sendRepeatable(runtime, { method: "GET", path: "/tools", signal }),
    get: (name, { signal } = {}) =>
      sendRepeatable(runtime, {
        method: "GET",
        path: `/tools/${encodeURIComponent(name)}`,
        signal,
      }),
  };
}
