export { createLogger, type Logger } from "./logger.ts";
export { logSettings } from "./log-settings.ts";
