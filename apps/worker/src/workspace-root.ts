import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@llamaagent/core";
import { type DirectoryLock, lockDirectory } from "@llamaagent/db";

/** The folder of this process's workspaces, which nobody else uses. */
export interface WorkspaceRoot {
  directory: string;
  /** With all that is in it. */
  remove(): Promise<void>;
}

const PREFIX = "llamaagent-worker-";
const ATTEMPTS = 10;

/**
 * Makes a folder of our own (0700) in `parent`, which may be as public as /tmp, and removes those that
 * dead processes left there. The lock in each is the kernel's: it goes with its process, however that ends.
 */
export async function makeWorkspaceRoot(parent: string): Promise<WorkspaceRoot> {
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    await removeDead(parent);
    return await makeLocked(parent);
  } catch (error) {
    throw new AppError("invalid_configuration", {
      detail: `WORKSPACE_DIR: no folder for the files of runs can be made in ${parent}`,
      cause: error,
    });
  }
}

async function makeLocked(parent: string): Promise<WorkspaceRoot> {
  for (let attempt = 1; ; attempt += 1) {
    const directory = await mkdtemp(join(parent, PREFIX));
    try {
      const lock = lockDirectory(directory);
      // Another process that starts now may have taken it for a dead one's before it was locked.
      if (!existsSync(join(directory, "lock"))) throw new Error(`${directory} was taken away`);
      return {
        directory,
        async remove() {
          lock.release();
          await removeFolder(directory);
        },
      };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function removeDead(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const directory = join(parent, name);
    if (!name.startsWith(PREFIX) || !(await isOurs(directory))) continue;
    const lock = tryLock(directory);
    if (lock === undefined) continue;
    try {
      // Still locked: who tries to lock it meanwhile is refused, and makes another.
      await removeFolder(directory);
    } finally {
      lock.release();
    }
  }
}

function removeFolder(directory: string): Promise<void> {
  // A tool that outlived its run may still write there for a moment.
  return rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** False for another user's folder, a link, and one that is gone: nothing of theirs is opened. */
async function isOurs(directory: string): Promise<boolean> {
  try {
    const found = await lstat(directory);
    return found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid);
  } catch {
    return false;
  }
}

/** Undefined where its process lives, and where nobody can say. */
function tryLock(directory: string): DirectoryLock | undefined {
  try {
    return lockDirectory(directory);
  } catch {
    return undefined;
  }
}
