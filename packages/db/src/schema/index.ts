export { agents, agentVersions } from "./agents.ts";
export { threadFiles } from "./files.ts";
export { messages, threads } from "./threads.ts";
