export { createLogger, type Logger, type LoggerOptions } from "./logger.ts";
export { LogLevel, logSettings, type LogSettings } from "./log-settings.ts";
