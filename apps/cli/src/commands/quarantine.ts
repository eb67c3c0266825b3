import { executeQuarantined } from "@llamaagent/worker";
import type { CliContext } from "../cli-context.ts";
import { EXIT } from "../cli-error.ts";
import { goOnAfterStrayErrors, strayErrorLogger } from "./go-on-after-stray-errors.ts";

/** Not for people: a worker starts it. */
export const QUARANTINE_COMMAND = "quarantine";

/** A process of one run, which its worker tells what to do. */
export async function quarantineCommand({ env }: CliContext): Promise<never> {
  using _going = goOnAfterStrayErrors(strayErrorLogger(env, QUARANTINE_COMMAND));
  await executeQuarantined(env, process.cwd());
  // What a tool has left behind must not hold it.
  process.exit(EXIT.done);
}
