import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Database } from "@llamaagent/db";
import { type Fence, loadThreadFiles, readBlobPieces, retryWhileAway } from "@llamaagent/runs";

/** The run's own folder, with the files of its thread in it. */
export interface Workspace {
  directory: string;
  /** Relative paths. */
  files: string[];
  /** Makes it, once: most runs never look into it, and making one costs more than a claim. */
  prepare(): Promise<void>;
  remove(): Promise<void>;
}

function workspaceDirectory(root: string, { runId, epoch }: Fence): string {
  return join(root, `${runId}-${epoch}`);
}

/** Of a process that died in it. */
export function removeWorkspace(root: string, fence: Fence): Promise<void> {
  return rm(workspaceDirectory(root, fence), { recursive: true, force: true });
}

/** A new folder for each epoch: what a dead owner left half-written is not read. */
export async function openWorkspace(options: {
  db: Database;
  root: string;
  fence: Fence;
  threadId: string | undefined;
  signal: AbortSignal;
}): Promise<Workspace> {
  const { db, root, fence, threadId, signal } = options;
  const { tenantId } = fence;
  const directory = workspaceDirectory(root, fence);
  const files =
    threadId === undefined ? [] : await db.tenant(tenantId, (tx) => loadThreadFiles(tx, threadId));
  let prepared: Promise<void> | undefined;

  async function make(): Promise<void> {
    await removeWorkspace(root, fence);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const file of files) {
      const path = join(directory, file.path);
      await mkdir(dirname(path), { recursive: true });
      const blob = { tenantId, sha256: file.sha256, sizeBytes: file.size_bytes };
      await pipeline(Readable.from(readBlobPieces(db, blob)), createWriteStream(path), { signal });
    }
  }

  return {
    directory,
    files: files.map(({ path }) => path),
    prepare: () => (prepared ??= retryWhileAway(make, signal)),
    async remove() {
      if (prepared !== undefined) await removeWorkspace(root, fence);
    },
  };
}
