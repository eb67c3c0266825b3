export { type AdmitRun, admitRun } from "./admit-run.ts";
export { cancelRun } from "./cancel-run.ts";
export { memoryCancelSignals } from "./cancel-signals/memory-cancel-signals.ts";
export { redisCancelSignals } from "./cancel-signals/redis-cancel-signals.ts";
export { type CancelWatch, createCancelWatch } from "./cancel-watch.ts";
export { type ClaimChoice, type ClaimedRun, claimRun, type Fence } from "./claim-run.ts";
export { createRunFollower, type RunFollower } from "./follow-run.ts";
export { getRun, listRunSteps, runMessages } from "./get-run.ts";
export { bullmqHints } from "./hints/bullmq-hints.ts";
export { inProcessHints } from "./hints/in-process-hints.ts";
export { inputMessages } from "./input-messages.ts";
export { createJournal, type Journal, RunCancelled, type StepSpec } from "./journal.ts";
export { redisSettings } from "./redis-settings.ts";
export { resumeRun, type Settlement } from "./resume-run.ts";
export { type RunEnd } from "./run-end.ts";
export { createRunRecorder, type RunRecorder } from "./run-recorder.ts";
export type { RunsContext } from "./runs-context.ts";
export { loadProgress, noProgress, type StoredProgress } from "./stored-progress.ts";
export { keepHouse, sweepRuns } from "./sweep.ts";
export { memoryEventTail } from "./tail/memory-event-tail.ts";
export { redisEventTail } from "./tail/redis-event-tail.ts";
export { createTailWriter, type TailWriter } from "./tail-writer.ts";
export { forgetAllWorkers, startWorkerLease, type WorkerLease } from "./worker-lease.ts";
export { RunLost } from "./write-run.ts";
export { createAgent, type NewAgent } from "./agents/create-agent.ts";
export { deleteAgent } from "./agents/delete-agent.ts";
export { findAgent } from "./agents/find-agent.ts";
export { listAgentVersions } from "./agents/list-agent-versions.ts";
export { seedDefaultAgent } from "./agents/seed-default-agent.ts";
export { updateAgent } from "./agents/update-agent.ts";
export { createThread } from "./threads/create-thread.ts";
export { findThread } from "./threads/find-thread.ts";
export { putThreadFile } from "./threads/put-thread-file.ts";
export { readBlobChunks } from "./threads/read-blob-chunks.ts";
export { threadFilePath } from "./threads/thread-file-path.ts";
export {
  deleteThreadFile,
  findThreadFile,
  listThreadFiles,
  loadThreadFiles,
} from "./threads/thread-files.ts";
