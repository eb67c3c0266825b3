import { freePort } from "../services/free-port.ts";
import { KNOWN_MASTER_KEYS } from "../services/known-master-key.ts";
import type { SpawnedProcess } from "../services/spawn-process.ts";
import { patientClient, type RunningServer } from "./running-server.ts";
import { type App, startApp } from "./start-app.ts";

export interface ScaledProcesses extends RunningServer {
  /** In the order of starting, whichever is ready first: `workers[n]` got what `envOf("worker", n)` says. */
  workers: SpawnedProcess[];
  /** After the end of its process: the replica again, at the same URL. */
  restartApi(index: number): Promise<SpawnedProcess>;
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

  const start = (app: App, index: number, more: NodeJS.ProcessEnv): Promise<SpawnedProcess> =>
    startApp(app, {
      env: {
        LLAMAAGENT_MASTER_KEYS: KNOWN_MASTER_KEYS,
        ...options.env,
        ...envOf(app, index),
        ...more,
      },
    });

  const ports = await Promise.all(Array.from({ length: options.apis }, () => freePort()));
  const startApi = (index: number): Promise<SpawnedProcess> =>
    start("api", index, { PORT: String(ports[index]) });
  const startWorker = (more: NodeJS.ProcessEnv = {}): Promise<SpawnedProcess> =>
    start("worker", workersStarted++, more);
  const [apis, workers] = await Promise.all([
    Promise.all(ports.map((_port, index) => startApi(index))),
    Promise.all(Array.from({ length: options.workers }, () => startWorker())),
  ]);

  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  return {
    urls,
    clients: urls.map(patientClient),
    apis,
    workers,
    async addWorker(more) {
      const worker = await startWorker(more);
      workers.push(worker);
      return worker;
    },
    async restartApi(index) {
      const api = await startApi(index);
      apis[index] = api;
      return api;
    },
    async close() {
      await Promise.all([...apis, ...workers].map((process) => process.kill("SIGKILL")));
    },
  };
}
