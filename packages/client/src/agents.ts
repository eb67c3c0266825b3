import type {
  Agent,
  AgentCreate,
  AgentSchema,
  AgentSearch,
  AgentVersionList,
} from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import type { CallOptions } from "./call-options.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

/** A JSON merge patch: null takes a field away, objects are merged. */
export type AgentChanges = { [Field in keyof AgentCreate]?: AgentCreate[Field] | null };

export interface VersionsOptions extends CallOptions {
  /** Versions in one page, 1–100. */
  limit?: number;
  /** `next_cursor` of the page before. */
  cursor?: string;
}

export interface AgentsClient {
  create(agent: AgentCreate, options?: CallOptions): Promise<Agent>;
  /** By id or by name. */
  get(agent: string, options?: CallOptions): Promise<Agent>;
  /** The newest first, 10 unless `limit` says otherwise; all where nothing is searched for. */
  search(search?: AgentSearch, options?: CallOptions): Promise<Agent[]>;
  /** JSON Schemas of what the agent takes, answers and keeps. */
  schemas(agent: string, options?: CallOptions): Promise<AgentSchema>;
  /** Makes a new version. */
  update(agent: string, changes: AgentChanges, options?: CallOptions): Promise<Agent>;
  delete(agent: string, options?: CallOptions): Promise<void>;
  /** The newest first. */
  versions(agent: string, options?: VersionsOptions): Promise<AgentVersionList>;
}

export function agentsClient(runtime: Runtime): AgentsClient {
  const path = (agent: string) => `/agents/${encodeURIComponent(agent)}`;
  return {
    create: (json, { signal } = {}) =>
      sendForJson(runtime, { method: "POST", path: "/agents", json, signal }),
    get: (agent, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: path(agent), signal }),
    search: (json = {}, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: "/agents/search", json, signal }),
    schemas: (agent, { signal } = {}) =>
      sendRepeatable(runtime, { method: "GET", path: `${path(agent)}/schemas`, signal }),
    update: (agent, json, { signal } = {}) =>
      sendForJson(runtime, { method: "PATCH", path: path(agent), json, signal }),
    delete: (agent, { signal } = {}) =>
      sendForJson(runtime, { method: "DELETE", path: path(agent), signal }),
    versions: (agent, { signal, ...page } = {}) =>
      sendRepeatable(runtime, {
        method: "GET",
        path: `${path(agent)}/versions${query(page)}`,
        signal,
      }),
  };
}
