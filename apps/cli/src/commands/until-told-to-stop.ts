import { once } from "node:events";
import { inspect } from "node:util";
import { CliError, EXIT, type ExitCode } from "../cli-error.ts";

/** Waits for the signal, then ends what runs. Throws a CliError where that fails. */
export async function untilToldToStop(
  signal: AbortSignal,
  stop: () => Promise<void>,
): Promise<ExitCode> {
  if (!signal.aborted) await once(signal, "abort");
  try {
    await stop();
    return EXIT.done;
  } catch (error) {
    throw new CliError(`Not all ended as it should: ${inspect(error)}`, EXIT.failed, {
      cause: error,
    });
  }
}
