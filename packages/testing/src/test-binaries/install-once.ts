import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "./file-lock.ts";

export type Say = (line: string) => void;

/** Something that is put into the cache, in a folder for each version. */
export interface CachedFolder {
  name: string;
  version: string;
  /** For people. */
  what: string;
  /** A file that proves a whole folder, relative to it. */
  witness: string;
}

/** Where it stands; undefined where it is not there (or not whole). */
export function installedFolder(cache: string, cached: CachedFolder): string | undefined {
  const folder = folderOf(cache, cached);
  return existsSync(join(folder, cached.witness)) ? folder : undefined;
}

/**
 * Has `fill` make the folder, once per version and by one process at a time, and returns it. What is
 * killed on the way leaves no half folder behind.
 */
export async function installOnce(
  cache: string,
  cached: CachedFolder,
  options: { say: Say; fill: (partial: string) => Promise<void> },
): Promise<string> {
  const { say, fill } = options;
  const there = installedFolder(cache, cached);
  if (there !== undefined) {
    say(`${cached.what}: already there (${there})`);
    return there;
  }
  await mkdir(cache, { recursive: true });
  return withFileLock(
    join(cache, `${cached.name}.lock`),
    async () => installedFolder(cache, cached) ?? (await install(cache, cached, fill)),
    (pid) => say(`${cached.what}: process ${pid} is fetching it, waiting for that`),
  );
}

function folderOf(cache: string, { name, version }: CachedFolder): string {
  return join(cache, `${name}-${version}`);
}

async function install(
  cache: string,
  cached: CachedFolder,
  fill: (partial: string) => Promise<void>,
): Promise<string> {
  const folder = folderOf(cache, cached);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await fill(partial);
  if (!existsSync(join(partial, cached.witness)))
    throw new Error(`${cached.name} ${cached.version} does not hold ${cached.witness}`);
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  return folder;
}
