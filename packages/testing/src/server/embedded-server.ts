import { join } from "node:path";
import { freePort } from "../services/free-port.ts";
import { spawnNode } from "../services/spawn-node.ts";
import type { SpawnedProcess } from "../services/spawn-process.ts";
import { temporaryFolder } from "../services/temporary-folder.ts";
import { patientClient, repositoryRoot, type RunningServer } from "./running-server.ts";

export interface EmbeddedServer extends RunningServer {
  /** kill -9 and a new start on the same folder and port. */
  killAndRestart(): Promise<void>;
}

/** The embedded topology as `npm start` runs it, on a folder of its own. */
export async function startEmbeddedServer(env: NodeJS.ProcessEnv): Promise<EmbeddedServer> {
  const folder = await temporaryFolder("embedded-server");
  const port = await freePort();
  let server = await start();

  async function start(): Promise<SpawnedProcess> {
    const started = await spawnNode(["apps/cli/src/main.ts", "dev"], {
      cwd: repositoryRoot,
      env: {
        LOG_LEVEL: "warn",
        LLAMAAGENT_DATA_DIR: join(folder.path, "data"),
        ...env,
        PORT: String(port),
      },
    });
    await started.waitFor(/ready on/, { timeoutSeconds: 60 });
    return started;
  }

  const url = `http://127.0.0.1:${port}`;
  return {
    urls: [url],
    clients: [patientClient(url)],
    get apis() {
      return [server];
    },
    get workers() {
      return [server];
    },
    addWorker: () => Promise.reject(new Error("an embedded server has one worker")),
    async killAndRestart() {
      await server.kill("SIGKILL");
      server = await start();
    },
    async close() {
      await server.kill("SIGKILL");
      await folder.remove();
    },
  };
}
