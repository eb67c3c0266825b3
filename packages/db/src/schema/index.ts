export { agents, agentVersions } from "./agents.ts";
export { schemaMigrations, workers } from "./cluster.ts";
export { blobChunks, blobs, threadFiles } from "./files.ts";
export { idempotencyKeys, runEvents, runs, runSteps } from "./runs.ts";
export { messages, threads } from "./threads.ts";
