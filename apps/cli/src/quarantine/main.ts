import { executeQuarantined } from "@llamaagent/worker";
import { EXIT } from "../cli-error.ts";
import { goOnAfterStrayErrors, strayErrorLogger } from "../commands/go-on-after-stray-errors.ts";

/**
 * A process of one run: a worker starts it, tells it what to do, and takes it along when it ends. A signal
 * to all processes of a service or a terminal is heeded by the worker; a death here would be a strike.
 */
async function main(): Promise<never> {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});
  const logger = strayErrorLogger(process.env, "quarantine");
  using _going = goOnAfterStrayErrors(logger);
  try {
    await executeQuarantined(process.env, process.cwd());
  } catch (error) {
    logger.error({ err: error }, "a quarantined run could not be executed");
    process.exit(EXIT.failed);
  }
  // What a tool has left behind must not hold it.
  process.exit();
}

await main();
