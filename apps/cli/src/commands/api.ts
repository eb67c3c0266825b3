import { once } from "node:events";
import { startScaledApi } from "@llamaagent/api";
import type { CliContext } from "../cli-context.ts";
import { EXIT, type ExitCode } from "../cli-error.ts";
import { listenError } from "../listen-error.ts";

/** One API replica of the scaled topology, until it is told to stop. */
export async function apiCommand({ env, signal }: CliContext): Promise<ExitCode> {
  const api = await startScaledApi(env, process.cwd()).catch((error: unknown) => {
    throw listenError(error);
  });
  if (!signal.aborted) await once(signal, "abort");
  await api.stop();
  return EXIT.done;
}
