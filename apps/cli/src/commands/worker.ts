import { once } from "node:events";
import { startScaledWorker } from "@llamaagent/worker";
import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";

/** One worker of the scaled topology, until it is told to stop. */
export async function workerCommand({ env, signal }: CliContext): Promise<ExitCode> {
  const worker = await startScaledWorker(env, process.cwd());
  if (!signal.aborted) await once(signal, "abort");
  await worker.stop();
  return EXIT.done;
}
