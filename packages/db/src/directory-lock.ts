import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "@llamaagent/core";

export interface DirectoryLock {
  release(): void;
}

/**
 * Holds a directory for this process. PGlite has no lock: two processes on one directory destroy it.
 * A pid file would need a guess whether its writer lives; SQLite's exclusive lock is the kernel's own
 * (fcntl, LockFileEx), gone with the process however it ends, and Node has no other way to one.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = new DatabaseSync(join(directory, "lock"), { timeout: 0 });
  try {
    file.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    throw new AppError("invalid_configuration", {
      detail: `The data directory ${directory} is in use by another LlamaAgent process: stop that one, or set LLAMAAGENT_DATA_DIR to another directory`,
      cause: error,
    });
  }
  return { release: () => file.close() };
}
