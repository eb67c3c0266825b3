import type { Stats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isOpenedInside } from "./opened-inside.ts";
import { fileError, isInside, pathSegments } from "./workspace-path.ts";

export interface WorkspaceFile {
  handle: FileHandle;
  /** Relative to the workspace, with `/`. */
  path: string;
  sizeBytes: number;
}

// Windows has neither flag. NONBLOCK: opening a FIFO would otherwise wait for a writer for ever.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a regular file of the workspace for reading; the caller closes the handle. Refuses whatever
 * leads out: `..`, absolute paths, a symbolic link as the file or a folder on the way that points
 * outside, a file with a second hard link, and anything that is no regular file. What was opened is
 * checked again afterwards, because the path may have changed meanwhile.
 */
export async function openWorkspaceFile(workspace: string, path: string): Promise<WorkspaceFile> {
  const segments = pathSegments(path);
  if (segments.length === 0) throw fileError(`'${path}' is the workspace itself, not a file`);
  const root = await realRoot(workspace);
  const target = join(root, ...segments);
  let handle: FileHandle | undefined;
  try {
    if (!isInside(root, await realpath(dirname(target)))) throw leadsOut(path);
    handle = await open(target, flags);
    const opened = await handle.stat();
    checkKind(opened, path);
    if (!(await isOpenedInside({ root, target, handle }))) throw leadsOut(path);
    return { handle, path: segments.join("/"), sizeBytes: opened.size };
  } catch (error) {
    await handle?.close();
    throw translated(error, path);
  }
}

/** The workspace's real place; a run without files may have none yet. */
export async function realRoot(workspace: string): Promise<string> {
  try {
    return await realpath(workspace);
  } catch (cause) {
    throw fileError("The workspace has no files", cause);
  }
}

function checkKind(stats: Stats, path: string): void {
  if (stats.isDirectory()) throw fileError(`'${path}' is a folder; list_files shows its files`);
  if (!stats.isFile()) throw fileError(`'${path}' is not a regular file`);
  if (stats.nlink > 1) throw fileError(`'${path}' has a second hard link, so it may lie outside`);
}

function leadsOut(path: string) {
  return fileError(`'${path}' leads out of the workspace`);
}

const reasons: Record<string, string> = {
  ENOENT: "does not exist; list_files shows what does",
  ENOTDIR: "does not exist; list_files shows what does",
  ELOOP: "is a symbolic link; those are not followed",
  EACCES: "may not be read",
  EPERM: "may not be read",
  ENAMETOOLONG: "is too long for a path",
};

/** Messages of the file system hold absolute paths, which are nobody's business. */
export function translated(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) return error;
  return fileError(`'${path}' ${reasons[code] ?? `cannot be read (${code})`}`, error);
}
