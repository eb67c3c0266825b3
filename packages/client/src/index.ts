export type { AgentChanges, AgentsClient, VersionsOptions } from "./agents.ts";
export type { AuditClient, AuditOptions } from "./audit.ts";
export type { CallOptions, CreateRunOptions } from "./call-options.ts";
export { type Client, type ClientOptions, createClient } from "./create-client.ts";
export type * from "./generated/types.ts";
export type { HealthClient } from "./health.ts";
export type { InfoClient } from "./info.ts";
export { type ClientErrorCode, isLlamaAgentError, LlamaAgentError } from "./llama-agent-error.ts";
export type { DeadOptions, QueueClient } from "./queue.ts";
export type { KeysClient, KeysOptions } from "./keys.ts";
export type { MeClient } from "./me.ts";
export type { ModelsClient } from "./models.ts";
export type { Reconnect } from "./reconnects.ts";
export {
  compareEventIds,
  isTerminalEvent,
  type RunEvent,
  type RunEventCommon,
} from "./run-event.ts";
export {
  createRunViewer,
  type MessageView,
  type RunView,
  type RunViewer,
  type ToolCallView,
  type Voided,
} from "./run-view.ts";
export type { RunsClient } from "./runs.ts";
export type { RetryOptions } from "./runtime.ts";
export type { StoreClient, StoreItemPlace } from "./store.ts";
export type { ScheduleChanges, SchedulePageOptions, SchedulesClient } from "./schedules.ts";
export type { StreamMode, StreamOptions } from "./stream-run.ts";
export type { StrategiesClient } from "./strategies.ts";
export type { TenantsClient, TenantsOptions } from "./tenants.ts";
export type {
  PutFileOptions,
  ThreadFilesClient,
  ThreadRunsOptions,
  ThreadsClient,
} from "./threads.ts";
export type { ToolsClient } from "./tools.ts";
export type { DeliveriesOptions, WebhooksClient } from "./webhooks.ts";
