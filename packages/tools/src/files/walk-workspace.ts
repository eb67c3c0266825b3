import { lstat, opendir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { realRoot, translated } from "./open-workspace-file.ts";
import { fileError, isInside, pathSegments } from "./workspace-path.ts";

export interface FoundFile {
  path: string;
  size_bytes: number;
}

/** Entries looked at before a walk gives up; a run's own folder holds far fewer. */
const maxEntries = 20_000;

/**
 * The regular files at or below `path`, sorted by path; links, devices and FIFOs are left out, as
 * they can't be read either. `complete` is false where the walk gave up.
 */
export async function walkWorkspace(options: {
  workspace: string;
  path: string;
  signal: AbortSignal;
}): Promise<{ files: FoundFile[]; complete: boolean }> {
  const { workspace, signal } = options;
  const segments = pathSegments(options.path);
  const root = await realRoot(workspace);
  const files: FoundFile[] = [];
  let seen = 0;

  async function visit(below: string[]): Promise<boolean> {
    const folder = join(root, ...below);
    const entries = await opendir(folder);
    // After opening: the folder may have become a link since it was seen.
    if (!isInside(root, await realpath(folder))) {
      await entries.close();
      throw fileError(`'${below.join("/")}' leads out of the workspace`);
    }
    for await (const entry of entries) {
      signal.throwIfAborted();
      if (++seen > maxEntries) return false;
      // On POSIX a name may hold `\`, which in a path counts as a separator: can't be named.
      if (entry.name.includes("\\")) continue;
      const inner = [...below, entry.name];
      if (entry.isDirectory()) {
        if (!(await visit(inner))) return false;
      } else if (entry.isFile()) await add(inner);
    }
    return true;
  }
  async function add(below: string[]): Promise<void> {
    const { size, nlink } = await lstat(join(root, ...below));
    if (nlink === 1) files.push({ path: below.join("/"), size_bytes: size });
  }

  try {
    const start = await lstat(join(root, ...segments));
    if (!start.isFile()) {
      const complete = await visit(segments);
      return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), complete };
    }
    if (!isInside(root, await realpath(join(root, ...segments))))
      throw fileError(`'${options.path}' leads out of the workspace`);
    await add(segments);
    return { files, complete: true };
  } catch (error) {
    throw translated(error, options.path);
  }
}
