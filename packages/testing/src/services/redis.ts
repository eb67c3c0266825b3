import { localBinaries } from "../test-binaries/local-binaries.ts";
import { freePort } from "./free-port.ts";
import { type SpawnedProcess, spawnProcess } from "./spawn-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import type { CertificateFiles } from "./test-certificates.ts";

export interface RunningRedis {
  url: string;
  port: number;
  /** The one that runs now, or ran last. */
  readonly process: SpawnedProcess;
  /** Again, on the same port, after its process has ended; empty unless it is `appendOnly`. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** Given, the same one again after a kill. */
  port?: number;
  /** Keeps what was written over a kill. */
  appendOnly?: boolean;
  /** Takes connections with TLS, and no others. */
  certificate?: CertificateFiles;
}

/** A Redis of one's own, from the `redis-server` on the PATH. Ready in some 20 ms. */
export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  const server = localBinaries().redisServer;
  if (server === undefined) throw new Error("redis-server is not on the PATH");
  const folder = await temporaryFolder("redis");
  const port = options.port ?? (await freePort());
  const settings = {
    ...portSettings(port, options.certificate),
    "--bind": "127.0.0.1",
    "--dir": folder.path,
    "--appendonly": options.appendOnly ? "yes" : "no",
    "--save": "",
  };
  const args = Object.entries(settings).flat();
  async function start(path: string): Promise<SpawnedProcess> {
    const started = await spawnProcess(path, args);
    await started.waitFor(/Ready to accept connections/);
    return started;
  }
  let running = await start(server);
  return {
    url: `${options.certificate ? "rediss" : "redis"}://127.0.0.1:${port}`,
    port,
    get process() {
      return running;
    },
    async start() {
      running = await start(server);
    },
    async close() {
      await running.kill();
      await folder.remove();
    },
  };
}

const portSettings = (port: number, certificate?: CertificateFiles): Record<string, string> =>
  certificate
    ? {
        "--port": "0",
        "--tls-port": String(port),
        "--tls-cert-file": certificate.certPath,
        "--tls-key-file": certificate.keyPath,
        "--tls-auth-clients": "no",
      }
    : { "--port": String(port) };
