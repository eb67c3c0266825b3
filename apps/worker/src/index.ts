export { startWorker } from "./container.ts";
export { builtIns } from "./built-ins.ts";
export { scaledWorkerSettings, startScaledWorker } from "./scaled-worker.ts";
export { workerSettings } from "./worker-settings.ts";
export { makeWorkspaceRoot } from "./workspace-root.ts";
