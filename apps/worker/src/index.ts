export { startWorker } from "./container.ts";
export { builtIns } from "./built-ins.ts";
export { executeQuarantined } from "./quarantine/execute-quarantined.ts";
export { scaledWorkerSettings, startScaledWorker } from "./scaled-worker.ts";
export { startWatchdog } from "./watchdog/start-watchdog.ts";
export { startWebhooks } from "./webhooks/start-webhooks.ts";
export { workerSettings } from "./worker-settings.ts";
export { makeWorkspaceRoot } from "./workspace-root.ts";
