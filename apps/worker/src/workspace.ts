import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Database } from "@llamaagent/db";
import { type Fence, loadThreadFiles, readBlobChunks } from "@llamaagent/runs";

/** The run's own folder, with the files of its thread in it. */
export interface Workspace {
  directory: string;
  /** Relative paths. */
  files: string[];
  remove(): Promise<void>;
}

/** A new folder for each epoch: what a dead owner left half-written is not read. */
export async function createWorkspace(options: {
  db: Database;
  root: string;
  fence: Fence;
  threadId: string | undefined;
  signal: AbortSignal;
}): Promise<Workspace> {
  const { db, fence, threadId, signal } = options;
  const directory = join(options.root, `${fence.runId}-${fence.epoch}`);
  const workspace: Workspace = {
    directory,
    files: [],
    remove: () => rm(directory, { recursive: true, force: true }),
  };
  try {
    await workspace.remove();
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (threadId === undefined) return workspace;
    const { tenantId } = fence;
    const files = await db.tenant(tenantId, (tx) => loadThreadFiles(tx, threadId));
    for (const file of files) {
      const path = join(directory, file.path);
      await mkdir(dirname(path), { recursive: true });
      const blob = { tenantId, sha256: file.sha256, sizeBytes: file.size_bytes };
      await pipeline(Readable.from(readBlobChunks(db, blob)), createWriteStream(path), { signal });
    }
    return { ...workspace, files: files.map(({ path }) => path) };
  } catch (error) {
    await workspace.remove();
    throw error;
  }
}
