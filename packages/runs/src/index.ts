export { admitRun, sharesCommit, takeBatchKey } from "./admit-run.ts";
export { type AgentReader, createAgentReader } from "./agents/agent-reader.ts";
export { AGENT_CAPABILITIES } from "./agents/agent-row.ts";
export { isAgentId } from "./agents/agent-reference.ts";
export { createAgent } from "./agents/create-agent.ts";
export { deleteAgent } from "./agents/delete-agent.ts";
export { findAgent } from "./agents/find-agent.ts";
export { areOffered, leaveToOthers } from "./workers/leave-to-others.ts";
export { listAgentVersions } from "./agents/list-agent-versions.ts";
export { searchAgents } from "./agents/search-agents.ts";
export { seedDefaultAgent } from "./agents/seed-default-agent.ts";
export { updateAgent } from "./agents/update-agent.ts";
export { cancelRun, rollBackRun } from "./cancel-run.ts";
export { Capabilities, capabilitiesOf, missingFrom } from "./workers/capabilities.ts";
export { type CancelWatch, createCancelWatch } from "./workers/cancel-watch.ts";
export { hasUrgentRuns } from "./claim-by-urgency.ts";
export { type AgentVersionKey, type ClaimedRun, claimFirst, type Fence } from "./claim-run.ts";
export { cancelRuns, findOpenRuns } from "./cancel-runs.ts";
export { DEAD_REASONS, dropDeadLetter, listDeadLetters } from "./dead-letters.ts";
export { deleteRun } from "./delete-run.ts";
export { endBrokenRun } from "./ends/end-broken-run.ts";
export {
  endPoisonedRun,
  markAlone,
  QUARANTINE_FROM,
  STRIKES_MAX,
  strikeRun,
} from "./ends/strike-run.ts";
export { createRunFollower, type RunFollower } from "./reading/follow-run.ts";
export { findRun, getRun } from "./get-run.ts";
export { readStepEnds } from "./reading/read-step-ends.ts";
export { listRunSteps } from "./list-run-steps.ts";
export { inputMessages } from "./input-messages.ts";
export { createJournal, type Journal, type StepSpec } from "./journal/journal.ts";
export { type QueueLoad, readQueueLoad } from "./queue-load.ts";
export { readQueueStats } from "./queue-stats.ts";
export { connectRedis } from "./redis/redis-connection.ts";
export { redisSettings } from "./redis/redis-settings.ts";
export { toldOnce } from "./redis/told-once.ts";
export { resumeRun } from "./resume-run.ts";
export { retryRun } from "./retry-run.ts";
export { searchRuns } from "./search-runs.ts";
export { retryWhileAway } from "./retry-while-away.ts";
export { RunCancelled } from "./journal/run-cancelled.ts";
export { type RunEnd } from "./ends/run-end.ts";
export { inProcessAdapters, redisAdapters, type RunAdapters } from "./run-adapters.ts";
export { createRunWriter, type RunWriter } from "./journal/run-writer.ts";
export { createRunRecorder, type RunRecorder } from "./journal/run-recorder.ts";
export type { AdmitRun, Idempotency } from "./new-run.ts";
export { createRunsContext, type RunsContext } from "./runs-context.ts";
export { loadProgress, noProgress, type StoredProgress } from "./journal/stored-progress.ts";
export { deleteItem } from "./store/delete-item.ts";
export { findItem } from "./store/find-item.ts";
export { listNamespaces } from "./store/list-namespaces.ts";
export { putItem } from "./store/put-item.ts";
export { searchItems } from "./store/search-items.ts";
export { createSchedule } from "./schedules/create-schedule.ts";
export { deleteSchedule } from "./schedules/delete-schedule.ts";
export { findSchedule } from "./schedules/find-schedule.ts";
export { listFirings } from "./schedules/list-firings.ts";
export type { RunnableSchedule, ScheduleDefinition } from "./schedules/schedule.ts";
export { createScheduler } from "./schedules/scheduler.ts";
export { searchSchedules } from "./schedules/search-schedules.ts";
export { cronFault, isTimezone, momentsAfter } from "./schedules/timetable.ts";
export { pointingInto } from "./schedules/try-admission.ts";
export { type ChangedSchedule, updateSchedule } from "./schedules/update-schedule.ts";
export { keepHouse } from "./workers/keep-house.ts";
export { requeueForgotten, sweepRuns } from "./workers/sweep.ts";
/** @internal For the worker's tests. */
export { addTask } from "./tasks/add-task.ts";
export { claimTasks } from "./tasks/claim-tasks.ts";
export { ownedTasks, requeueForgottenTasks, requeueLapsedTasks } from "./tasks/requeue-tasks.ts";
export { saveTask, type Settlement, settleTask } from "./tasks/settle-task.ts";
export type { ClaimedTask } from "./tasks/task.ts";
/** @internal For the worker's tests. */
export { wakeTask } from "./tasks/wake-task.ts";
export { createTailWriter, type TailWriter } from "./journal/tail-writer.ts";
export { createThread } from "./threads/create-thread.ts";
export { copyThread } from "./threads/copy-thread.ts";
export { deleteThread } from "./threads/delete-thread.ts";
export { assertThread, findThread } from "./threads/find-thread.ts";
export { patchThread } from "./threads/patch-thread.ts";
export { findCheckpoint, listCheckpoints, stateBefore } from "./threads/read-checkpoints.ts";
export { searchThreads } from "./threads/search-threads.ts";
export { putThreadFile } from "./threads/put-thread-file.ts";
export { readBlobPieces } from "./threads/read-blob-pieces.ts";
export { FILE_BYTES_MAX, threadFilePath } from "./threads/thread-file-path.ts";
export {
  deleteThreadFile,
  findThreadFile,
  listThreadFiles,
  loadThreadFiles,
} from "./threads/thread-files.ts";
export { livingOffers } from "./workers/living-offers.ts";
export { ownedRuns } from "./workers/owned-runs.ts";
export {
  findDelivery,
  listDeliveries,
  logDelivery,
  resendDelivery,
} from "./webhooks/deliveries.ts";
export { RESEND_TASK, WEBHOOK_TASK, WebhookEventType } from "./webhooks/webhook.ts";
export { nextWebhookEvent, readEvent } from "./webhooks/webhook-events.ts";
export { sealedWebhookKeys } from "./webhooks/sealed-webhook-keys.ts";
export { currentKeys, rotateKeys } from "./webhooks/webhook-keys.ts";
export { createMovingRate } from "./workers/moving-rate.ts";
export { createValidity } from "./workers/validity.ts";
export { buryAllWorkers, startWorkerLease, type WorkerLease } from "./workers/worker-lease.ts";
export { RunLost } from "./journal/write-run.ts";
