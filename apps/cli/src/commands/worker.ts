import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startScaledWorker } from "@llamaagent/worker";
import type { CliContext } from "../cli-context.ts";
import type { ExitCode } from "../cli-error.ts";
import { goOnAfterStrayErrors, strayErrorLogger } from "./go-on-after-stray-errors.ts";
import { scavengeAlone } from "./scavenge-alone.ts";
import { untilToldToStop } from "./until-told-to-stop.ts";

/** One worker of the scaled topology, until it is told to stop. */
export async function workerCommand({ env, signal }: CliContext): Promise<ExitCode> {
  scavengeAlone();
  const workerId = randomUUID();
  const logger = strayErrorLogger(env, "worker").child({ worker_id: workerId });
  using _going = goOnAfterStrayErrors(logger);
  const script = fileURLToPath(new URL("../quarantine/main.ts", import.meta.url));
  const child = { script, args: [] };
  const worker = await startScaledWorker({ workerId, env, directory: process.cwd(), child });
  return await untilToldToStop(signal, () => worker.stop());
}
