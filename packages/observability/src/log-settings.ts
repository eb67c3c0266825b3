import { z } from "zod";

export const LogLevel = z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]);
export type LogLevel = z.infer<typeof LogLevel>;

export const LogFormat = z.enum(["auto", "json"]);
export type LogFormat = z.infer<typeof LogFormat>;

export const logSettings = z.object({
  LOG_LEVEL: LogLevel.default("info").describe(
    "fatal, error, warn, info, debug, trace or silent. Logs are lines on standard output.",
  ),
  LOG_FORMAT: LogFormat.default("auto").describe(
    "json, or auto: JSON too, but lines for people where standard output is a terminal",
  ),
});

/** How to log, as `createLogger` takes it. */
export const logOptions = (settings: z.infer<typeof logSettings>): LogOptions => ({
  level: settings.LOG_LEVEL,
  format: settings.LOG_FORMAT,
});

export interface LogOptions {
  level: LogLevel;
  /** Default `auto`. */
  format?: LogFormat;
}
