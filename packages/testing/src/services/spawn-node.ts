import { join } from "node:path";
import { type SpawnedProcess, type SpawnOptions, spawnProcess } from "./spawn-process.ts";

/** Most of a start is compiling: what one process that ended by itself has compiled serves all later ones. */
const COMPILED = join(import.meta.dirname, "../../../../node_modules/.cache/compiled");

/** A script under the Node that runs the tests; `env` is added to the environment of the tests. */
export function spawnNode(
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<SpawnedProcess> {
  return spawnProcess(process.execPath, args, {
    ...options,
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env, ...options.env },
  });
}
