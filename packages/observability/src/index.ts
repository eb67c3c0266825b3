export { createLogger, type Logger } from "./logger.ts";
export { type LogLevel, logSettings } from "./log-settings.ts";
