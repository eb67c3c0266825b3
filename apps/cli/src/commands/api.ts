import { startScaledApi } from "@llamaagent/api";
import type { CliContext } from "../cli-context.ts";
import type { ExitCode } from "../cli-error.ts";
import { listenError } from "../listen-error.ts";
import { goOnAfterStrayErrors, strayErrorLogger } from "./go-on-after-stray-errors.ts";
import { scavengeAlone } from "./scavenge-alone.ts";
import { untilToldToStop } from "./until-told-to-stop.ts";

/** One API replica of the scaled topology, until it is told to stop. */
export async function apiCommand({ env, signal }: CliContext): Promise<ExitCode> {
  scavengeAlone();
  using _going = goOnAfterStrayErrors(strayErrorLogger(env, "api"));
  const api = await startScaledApi(env, process.cwd()).catch((error: unknown) => {
    throw listenError(error);
  });
  return await untilToldToStop(signal, () => api.stop());
}
