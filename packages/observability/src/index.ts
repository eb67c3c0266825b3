export { createLogger, type Logger } from "./logger.ts";
export { type LogLevel, logOptions, logSettings } from "./log-settings.ts";
