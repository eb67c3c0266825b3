export { startWorker, type WorkerOptions } from "./container.ts";
export { builtIns } from "./built-ins.ts";
export type { RunWorker } from "./run-worker.ts";
export { type ScaledWorker, scaledWorkerSettings, startScaledWorker } from "./scaled-worker.ts";
export { workerSettings } from "./worker-settings.ts";
