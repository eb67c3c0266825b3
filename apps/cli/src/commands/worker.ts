import { startScaledWorker } from "@llamaagent/worker";
import type { CliContext } from "../cli-context.ts";
import type { ExitCode } from "../cli-error.ts";
import { untilToldToStop } from "./until-told-to-stop.ts";

/** One worker of the scaled topology, until it is told to stop. */
export async function workerCommand({ env, signal }: CliContext): Promise<ExitCode> {
  const worker = await startScaledWorker(env, process.cwd());
  return untilToldToStop(signal, () => worker.stop());
}
