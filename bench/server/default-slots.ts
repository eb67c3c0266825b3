import { workerSettings } from "@llamaagent/worker";

/** As many as a worker has whose operator says nothing. */
export const DEFAULT_SLOTS = workerSettings.shape.WORKER_SLOTS.parse(undefined);
