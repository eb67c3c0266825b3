import { pino, type DestinationStream, type Logger as PinoLogger, stdTimeFunctions } from "pino";
import { escapeControls } from "./escape-controls.ts";
import type { LogFormat, LogOptions } from "./log-settings.ts";
import { redactFields } from "./redact-fields.ts";
import { createLineRedaction } from "./redact-line.ts";
import { terminalLine } from "./terminal-line.ts";

/** `logger.info({ run_id }, "message")`; `logger.child({ request_id })`. */
export type Logger = PinoLogger;

export interface LoggerOptions extends LogOptions {
  /** Part of the program, e.g. `api`; a field of every line. */
  service?: string;
  /** Default: standard output. */
  destination?: DestinationStream & { isTTY?: boolean };
}

/**
 * JSON lines; with `auto`, readable lines where the destination is a terminal. Credentials are masked by field
 * name and, like personal data of all kinds, by their look; fields that hold prompts or results are left out. A
 * record is one line, and nothing in it is more than text to a terminal, whoever wrote it.
 */
export function createLogger({ level, format, service, destination }: LoggerOptions): Logger {
  const redactLine = createLineRedaction();
  const logger: Logger = pino(
    {
      level,
      base: service === undefined ? {} : { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: {
        // Described by redactFields; pino's own serializer would add all fields of the error.
        err: (error: unknown) => error,
        req: ({ method, url }: { method?: string; url?: string }) => ({ method, url }),
        res: ({ statusCode }: { statusCode?: number }) => ({ status_code: statusCode }),
      },
      hooks: { streamWrite: (line) => `${escapeControls(redactLine(line.trimEnd()))}\n` },
    },
    stream(destination ?? process.stdout, format),
  );
  // Children inherit it. pino's own hook for their fields, formatters.bindings, is reset in children.
  const child: Logger["child"] = Reflect.get(logger, "child");
  logger.child = function redactedChild(this: Logger, bindings, options) {
    return child.call(this, redactFields(bindings), options);
  } as Logger["child"]; // generic in custom levels, of which there are none
  return logger;
}

function stream(
  destination: DestinationStream & { isTTY?: boolean },
  format: LogFormat = "auto",
): DestinationStream {
  return destination.isTTY === true && format === "auto"
    ? { write: (line) => destination.write(terminalLine(line)) }
    : // Standard output by pino's own synchronous writer: nothing is lost when the process ends.
      destination === process.stdout
      ? pino.destination({ fd: 1, sync: true })
      : destination;
}
