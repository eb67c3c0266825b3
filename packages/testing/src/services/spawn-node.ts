import { type SpawnedProcess, type SpawnOptions, spawnProcess } from "./spawn-process.ts";

/** A script under the Node that runs the tests; `env` is added to the environment of the tests. */
export function spawnNode(
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<SpawnedProcess> {
  return spawnProcess(process.execPath, args, {
    ...options,
    env: { ...process.env, ...options.env },
  });
}
