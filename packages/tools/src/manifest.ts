export { toolInfo } from "./tool-info.ts";
export { toolsPlugin } from "./tools-plugin.ts";
