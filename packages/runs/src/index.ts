export { admitRun } from "./admit-run.ts";
export { type AgentReader, createAgentReader } from "./agents/agent-reader.ts";
export { isAgentId } from "./agents/agent-reference.ts";
export { createAgent } from "./agents/create-agent.ts";
export { deleteAgent } from "./agents/delete-agent.ts";
export { findAgent } from "./agents/find-agent.ts";
export { areOffered, leaveToOthers } from "./workers/leave-to-others.ts";
export { listAgentVersions } from "./agents/list-agent-versions.ts";
export { seedDefaultAgent } from "./agents/seed-default-agent.ts";
export { updateAgent } from "./agents/update-agent.ts";
export { cancelRun } from "./cancel-run.ts";
export { Capabilities, capabilitiesOf, missingFrom } from "./workers/capabilities.ts";
export { type CancelWatch, createCancelWatch } from "./workers/cancel-watch.ts";
export { type AgentVersion, type ClaimedRun, claimFirst, type Fence } from "./claim-run.ts";
export { endBrokenRun } from "./ends/end-broken-run.ts";
export {
  endPoisonedRun,
  markAlone,
  QUARANTINE_FROM,
  STRIKES_MAX,
  strikeRun,
} from "./ends/strike-run.ts";
export { createRunFollower, type RunFollower } from "./reading/follow-run.ts";
export { getRun } from "./get-run.ts";
export { listRunSteps } from "./list-run-steps.ts";
export { inputMessages } from "./input-messages.ts";
export { createJournal, type Journal, type StepSpec } from "./journal/journal.ts";
export { redisSettings } from "./redis/redis-settings.ts";
export { resumeRun } from "./resume-run.ts";
export { retryWhileAway } from "./retry-while-away.ts";
export { RunCancelled } from "./journal/run-cancelled.ts";
export { type RunEnd } from "./ends/run-end.ts";
export { inProcessAdapters, redisAdapters, type RunAdapters } from "./run-adapters.ts";
export { createRunWriter, type RunWriter } from "./journal/run-writer.ts";
export { createRunRecorder, type RunRecorder } from "./journal/run-recorder.ts";
export type { AdmitRun } from "./new-run.ts";
export { createRunsContext, type RunsContext } from "./runs-context.ts";
export { loadProgress, noProgress } from "./journal/stored-progress.ts";
export { keepHouse, requeueForgotten, sweepRuns } from "./workers/sweep.ts";
export { createTailWriter, type TailWriter } from "./journal/tail-writer.ts";
export { createThread } from "./threads/create-thread.ts";
export { findThread } from "./threads/find-thread.ts";
export { FILE_BYTES_MAX, putThreadFile } from "./threads/put-thread-file.ts";
export { readBlobChunks } from "./threads/read-blob-chunks.ts";
export { threadFilePath } from "./threads/thread-file-path.ts";
export {
  deleteThreadFile,
  findThreadFile,
  listThreadFiles,
  loadThreadFiles,
} from "./threads/thread-files.ts";
export { ownedRuns } from "./workers/owned-runs.ts";
export { createValidity } from "./workers/validity.ts";
export { buryAllWorkers, startWorkerLease, type WorkerLease } from "./workers/worker-lease.ts";
export { RunLost } from "./journal/write-run.ts";
