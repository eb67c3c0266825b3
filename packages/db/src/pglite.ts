import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { PGlite } from "@electric-sql/pglite";
import type { Logger } from "@llamaagent/observability";
import type { OwnedDatabase } from "./database.ts";
import { lockDirectory } from "./directory-lock.ts";
import { createMutex } from "./mutex.ts";
import { pgliteSession } from "./pglite-session.ts";
import { createUpkeep } from "./pglite-upkeep.ts";
import { createScopes, type WithSession } from "./scopes.ts";
import { databaseAway, diskFull } from "./sql-errors.ts";
import { bytesText, valueParsers } from "./sql-values.ts";

export interface PgliteOptions {
  /** The directory is made if missing. It holds the cluster in `postgres` and a lock file. */
  dataDir: string;
  logger?: Pick<Logger, "warn">;
}

/**
 * Postgres in this process, on a directory that no other process may have open. What it acknowledged
 * survives the death of the process. One connection: transactions run one after the other.
 */
export async function createPglite({ dataDir, logger }: PgliteOptions): Promise<OwnedDatabase> {
  const directory = resolve(dataDir);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(directory);
  let pglite: PGlite;
  try {
    pglite = await openCluster(directory);
  } catch (error) {
    lock.release();
    throw hasNoSpace(error) ? diskFull(error) : error;
  }

  const exclusive = createMutex();
  const upkeep = createUpkeep(pglite);
  let isUsable = true;
  const withSession: WithSession = async (use) => {
    const result = await exclusive(async () => {
      // Statements are worked off on this thread: a queue of transactions would else keep it to itself.
      await nextTurn();
      if (!isUsable) throw databaseAway();
      return use(
        pgliteSession(pglite, () => {
          isUsable = false;
        }),
      );
    });
    // After the answer: the transaction that happens to be the 32nd is stored and need not wait.
    if (isUsable && upkeep.isDue())
      exclusive(async () => {
        if (isUsable) await upkeep.tidy();
      }).catch((error: unknown) => {
        logger?.warn({ err: error }, "the embedded database could not be tidied up");
      });
    return result;
  };
  let closed: Promise<void> | undefined;
  return {
    driver: "pglite",
    ...createScopes(withSession),
    close: () =>
      (closed ??= exclusive(async () => {
        isUsable = false;
        await pglite.close();
        lock.release();
      })),
  };
}

/**
 * A new cluster is made beside its place and renamed when it is whole: a process killed while it
 * copies the files (the first start takes seconds) leaves nothing that looks like a cluster.
 */
async function openCluster(directory: string): Promise<PGlite> {
  const cluster = join(directory, "postgres");
  if (!existsSync(cluster)) {
    const unfinished = `${cluster}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await (await open(unfinished)).close();
    await rename(unfinished, cluster);
  }
  return open(cluster);
}

async function open(cluster: string): Promise<PGlite> {
  // Imported here: 0.4 s and 20 MB that the scaled topology has no use for.
  const { PGlite } = await import("@electric-sql/pglite");
  return PGlite.create(cluster, {
    relaxedDurability: false,
    parsers: valueParsers,
    serializers: {
      17: (bytes: Uint8Array | string) => (typeof bytes === "string" ? bytes : bytesText(bytes)),
    },
  });
}

/** Emscripten's ErrnoError, which is no Error: 51 is ENOSPC in its numbers. */
function hasNoSpace(error: unknown): boolean {
  return typeof error === "object" && error !== null && "errno" in error && error.errno === 51;
}
