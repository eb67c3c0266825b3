export { createToolExecutor } from "./create-tool-executor.ts";
