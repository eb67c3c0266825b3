export { agents, agentVersions } from "./agents.ts";
export { threadFiles } from "./files.ts";
export { storeItems } from "./store.ts";
export { scheduleFirings, schedules } from "./schedules.ts";
export { threads } from "./threads.ts";
