import { spawnNode } from "../services/spawn-node.ts";
import type { SpawnedProcess } from "../services/spawn-process.ts";
import { repositoryRoot } from "./running-server.ts";

export type App = "api" | "worker";

const SERVES = { api: /listening/i, worker: /worker \S+ ready/ };

/** `llamaagent api` or `llamaagent worker` as users start it; resolves once it serves. */
export async function startApp(
  app: App,
  options: {
    env: NodeJS.ProcessEnv;
    /** Arguments of Node itself, e.g. `--cpu-prof`. */
    nodeArguments?: readonly string[] | undefined;
    /** Folder of another checkout of this repository, with its packages installed. */
    checkout?: string | undefined;
  },
): Promise<SpawnedProcess> {
  const { env, nodeArguments = [], checkout = repositoryRoot } = options;
  const started = await spawnNode([...nodeArguments, "apps/cli/src/main.ts", app], {
    cwd: checkout,
    // That it serves is an entry of its log.
    env: { LOG_LEVEL: "info", ...env },
  });
  try {
    await started.waitFor(SERVES[app], { timeoutSeconds: 60 });
    return started;
  } catch (error) {
    await started.kill();
    throw error;
  }
}
