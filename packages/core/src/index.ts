export { Agent, AgentDefinition, AgentLimits, AgentName } from "./agent.ts";
export { assertNever } from "./assert-never.ts";
export { batchedCall } from "./batched-call.ts";
export type { CancelSignals } from "./cancel-signals.ts";
export {
  type CallOptions,
  type ChatModel,
  type ChatPart,
  type ChatRequest,
  type ChatResponse,
  type FinishReason,
  type ToolSpec,
  TokenUsage,
} from "./chat-model.ts";
export { type Clock, isoText, systemClock } from "./clock.ts";
export {
  AppError,
  type ErrorCode,
  errorCatalogue,
  isAppError,
  jsonPointer,
  Problem,
  ProblemDetail,
  problemDetails,
  toProblem,
} from "./errors.ts";
export { compareEventIds, type EventId, formatEventId, parseEventId, START } from "./event-id.ts";
export { GivenId } from "./given-id.ts";
export { HttpsUrl } from "./https-url.ts";
export { isLoopback } from "./is-loopback.ts";
export { isTlsFault } from "./is-tls-fault.ts";
export {
  canonicalJson,
  isDeeperThan,
  isStorableAsJsonb,
  storableAsJsonb,
  type Json,
  JSONB_BYTES_MAX,
  jsonbBytes,
  JsonObject,
  JsonValue,
} from "./json.ts";
export { loadPlugins } from "./load-plugins.ts";
export { loadRegistry } from "./load-registry.ts";
export { ContentPart, Message, MessageRole, messageText, ToolCall } from "./message.ts";
export {
  definePlugin,
  definePrompting,
  defineProvider,
  defineTool,
  type Plugin,
  type Provider,
  type ProviderModels,
} from "./plugin.ts";
export { orAborted } from "./or-aborted.ts";
export { pluginSettings } from "./plugin-settings.ts";
export { createPluginRegistry, type NamedPlugin, type PluginRegistry } from "./plugin-registry.ts";
export type { Bucket, RateLimiter, Taken } from "./rate-limiter.ts";
export type { TenantCounts } from "./tenant-counts.ts";
export { TENANT_LIMITS, TenantLimits, tenantLimits } from "./tenant-limits.ts";
export { DEFAULT_TENANT_ID, type Principal, Role } from "./principal.ts";
export type { PromptContext, PromptingStrategy } from "./prompting-strategy.ts";
export { readConfiguration } from "./read-configuration.ts";
export { type Environment, readSettings } from "./read-settings.ts";
export {
  type AgentEvent,
  type AgentEventType,
  endsStep,
  EpochStart,
  isTerminalEventType,
  type RunEventData,
  runEventData,
  type RunEventType,
  stepEndTypes,
  type EventPage,
  type StoredEvent,
  streamModeData,
  type TerminalEventType,
} from "./run-event.ts";
export type { RunEventTail, RunKey, TailBatch, TailSubscription } from "./run-event-tail.ts";
export type { HintConsumer, RunHint, RunHints } from "./run-hints.ts";
export {
  EndReason,
  Run,
  RunState,
  RunStatus,
  RunStep,
  RunUsage,
  statusOf,
  StopReason,
  WaitReason,
} from "./run.ts";
export { RunSuspended } from "./run-suspended.ts";
export { StoreItem } from "./store-item.ts";
export { tlsSettings } from "./tls-settings.ts";
export {
  Thread,
  ThreadCheckpoint,
  ThreadFile,
  ThreadState,
  ThreadStatus,
  ThreadSummary,
} from "./thread.ts";
export {
  Effect,
  type ProbeOutcome,
  type ProbingToolExecutor,
  type Tool,
  type ToolCallOptions,
  type ToolContext,
  type ToolExecutor,
  type ToolInfo,
  type ToolResult,
} from "./tool.ts";
export { within } from "./within.ts";
export { toolMessage } from "./tool-message.ts";
