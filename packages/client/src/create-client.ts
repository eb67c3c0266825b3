import { type AgentsClient, agentsClient } from "./agents.ts";
import { type AuditClient, auditClient } from "./audit.ts";
import { type HealthClient, healthClient } from "./health.ts";
import { type QueueClient, queueClient } from "./queue.ts";
import { type RunsClient, runsClient } from "./runs.ts";
import { DEFAULT_RETRY, newIdempotencyKey, type RetryOptions, sleep } from "./runtime.ts";
import { type StoreClient, storeClient } from "./store.ts";
import { type SchedulesClient, schedulesClient } from "./schedules.ts";
import { type InfoClient, infoClient } from "./info.ts";
import { type KeysClient, keysClient } from "./keys.ts";
import { type MeClient, meClient } from "./me.ts";
import { type ModelsClient, modelsClient } from "./models.ts";
import { type StrategiesClient, strategiesClient } from "./strategies.ts";
import { type TenantsClient, tenantsClient } from "./tenants.ts";
import { type ThreadsClient, threadsClient } from "./threads.ts";
import { type ToolsClient, toolsClient } from "./tools.ts";
import { type WebhooksClient, webhooksClient } from "./webhooks.ts";

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
  queue: QueueClient;
  runs: RunsClient;
  threads: ThreadsClient;
  store: StoreClient;
  schedules: SchedulesClient;
  tools: ToolsClient;
  webhooks: WebhooksClient;
  keys: KeysClient;
  me: MeClient;
  tenants: TenantsClient;
  audit: AuditClient;
  models: ModelsClient;
  strategies: StrategiesClient;
  info: InfoClient;
  health: HealthClient;
}

/** Throws `TypeError` where the URL is not http or https. */
export function createClient(options: ClientOptions): Client {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
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
    queue: queueClient(runtime),
    runs: runsClient(runtime),
    threads: threadsClient(runtime),
    store: storeClient(runtime),
    schedules: schedulesClient(runtime),
    tools: toolsClient(runtime),
    webhooks: webhooksClient(runtime),
    keys: keysClient(runtime),
    me: meClient(runtime),
    tenants: tenantsClient(runtime),
    audit: auditClient(runtime),
    models: modelsClient(runtime),
    strategies: strategiesClient(runtime),
    info: infoClient(runtime),
    health: healthClient(runtime),
  };
}
