import { z } from "zod";

export const LogLevel = z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]);
export type LogLevel = z.infer<typeof LogLevel>;

export const logSettings = z.object({
  LOG_LEVEL: LogLevel.default("info").describe(
    "fatal, error, warn, info, debug, trace or silent. Logs are JSON lines on standard output, readable lines on a terminal.",
  ),
});
