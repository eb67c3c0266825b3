import type { Environment } from "@llamaagent/core";
import { createLogger, type Logger, logOptions, logSettings } from "@llamaagent/observability";

/**
 * Until disposed of (so `return await` beside a `using`), errors that nobody awaits are logged and
 * the process goes on: a promise that a tool left behind, a throw in its timer. Going on is right
 * here: every durable state is in Postgres and fenced. A process that ended would take all its other
 * runs with it, and would start again with the same run, to end again.
 */
export function goOnAfterStrayErrors(logger: Pick<Logger, "error">): Disposable {
  const onStray = (error: unknown): void =>
    logger.error({ err: error }, "a stray error of a plug-in or of ours; going on");
  process.on("unhandledRejection", onStray);
  process.on("uncaughtException", onStray);
  return {
    // What a command throws at its end must end the process.
    [Symbol.dispose]() {
      process.off("unhandledRejection", onStray);
      process.off("uncaughtException", onStray);
    },
  };
}

/** For what happens before the service has read its configuration, and outside its parts. */
export function strayErrorLogger(env: Environment, service: string): Logger {
  // A wrong level is refused, with all other faults, by the service itself.
  const { data } = logSettings.safeParse(env);
  return createLogger({ ...(data ? logOptions(data) : { level: "error" }), service });
}
