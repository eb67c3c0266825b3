export { startWorker, type WorkerOptions } from "./container.ts";
export type { RunWorker } from "./run-worker.ts";
export { workerSettings } from "./worker-settings.ts";
