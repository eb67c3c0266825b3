import { freePort } from "../services/free-port.ts";
import { spawnNode } from "../services/spawn-node.ts";
import type { SpawnedProcess } from "../services/spawn-process.ts";
import { patientClient, repositoryRoot, type RunningServer } from "./running-server.ts";

export type App = "api" | "worker";

export interface ScaledProcesses extends RunningServer {
  /** After the end of its process: the replica again, at the same URL. */
  restartApi(index: number, env?: NodeJS.ProcessEnv): Promise<SpawnedProcess>;
}

/** API and worker processes of the scaled topology, on stores that are there. */
export async function startScaledProcesses(options: {
  apis: number;
  workers: number;
  /** With DATABASE_URL and REDIS_URL. */
  env: NodeJS.ProcessEnv;
  /** Of one process, over the others'; `index` is a worker's number in the order of starting. */
  envOf?: (app: App, index: number) => NodeJS.ProcessEnv;
}): Promise<ScaledProcesses> {
  const { envOf = () => ({}) } = options;
  let workersStarted = 0;

  async function start(app: App, index: number, more: NodeJS.ProcessEnv): Promise<SpawnedProcess> {
    const started = await spawnNode(["apps/cli/src/main.ts", app], {
      cwd: repositoryRoot,
      env: { LOG_LEVEL: "info", ...options.env, ...envOf(app, index), ...more },
    });
    await started.waitFor(app === "api" ? /listening/i : /worker started/, { timeoutSeconds: 60 });
    return started;
  }

  const ports = await Promise.all(Array.from({ length: options.apis }, () => freePort()));
  const workers: SpawnedProcess[] = [];
  const addWorker = async (more: NodeJS.ProcessEnv = {}): Promise<SpawnedProcess> => {
    const worker = await start("worker", workersStarted++, more);
    workers.push(worker);
    return worker;
  };
  const [apis] = await Promise.all([
    Promise.all(ports.map((port, index) => start("api", index, { PORT: String(port) }))),
    ...Array.from({ length: options.workers }, () => addWorker()),
  ]);

  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  return {
    urls,
    clients: urls.map(patientClient),
    apis,
    workers,
    addWorker,
    async restartApi(index, more = {}) {
      const api = await start("api", index, { ...more, PORT: String(ports[index]) });
      apis[index] = api;
      return api;
    },
    async close() {
      await Promise.all([...apis, ...workers].map((process) => process.kill("SIGKILL")));
    },
  };
}
