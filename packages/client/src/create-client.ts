import { type AgentsClient, agentsClient } from "./agents.ts";
import { type HealthClient, healthClient } from "./health.ts";
import { type RunsClient, runsClient } from "./runs.ts";
import { DEFAULT_RETRY, newIdempotencyKey, type RetryOptions, sleep } from "./runtime.ts";
import { type ThreadsClient, threadsClient } from "./threads.ts";
import { type ToolsClient, toolsClient } from "./tools.ts";

export interface ClientOptions {
  /** Of the server, e.g. `http://localhost:8000`; may have a path. */
  url: string;
  /** Sent as a bearer token. */
  apiKey?: string | undefined;
  fetch?: typeof fetch | undefined;
  retry?: Partial<RetryOptions> | undefined;
}

export interface Client {
  agents: AgentsClient;
  runs: RunsClient;
  threads: ThreadsClient;
  tools: ToolsClient;
  health: HealthClient;
}

/** Throws `TypeError` where the URL is not http or https. */
export function createClient(options: ClientOptions): Client {
  const url = new URL(options.url);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new TypeError(`the URL must begin with http:// or https://: ${options.url}`);
  const runtime = {
    baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, "")}`,
    apiKey: options.apiKey,
    // Looked up at each call: instrumentation that replaces the global one later still works.
    fetch: options.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args)),
    retry: { ...DEFAULT_RETRY, ...options.retry },
    silenceMs: 45_000,
    sleep,
    monotonicMs: () => performance.now(),
    random: Math.random,
    newKey: newIdempotencyKey,
  };
  return {
    agents: agentsClient(runtime),
    runs: runsClient(runtime),
    threads: threadsClient(runtime),
    tools: toolsClient(runtime),
    health: healthClient(runtime),
  };
}
