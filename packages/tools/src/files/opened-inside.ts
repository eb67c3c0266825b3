import { type FileHandle, lstat, readlink, realpath } from "node:fs/promises";
import { isInside } from "./workspace-path.ts";

/**
 * Whether the file that was opened by `target` lies in `root` (a real path). Linux tells the place
 * of an open file itself. Elsewhere the path is resolved again and must lead to the same file; that
 * leaves a gap for whoever swaps a folder twice at the right moments.
 */
export async function isOpenedInside(options: {
  root: string;
  target: string;
  handle: FileHandle;
  /** Where the system lists open files. */
  descriptors?: string;
}): Promise<boolean> {
  const { root, target, handle, descriptors = "/proc/self/fd" } = options;
  const place = await readlink(`${descriptors}/${handle.fd}`).catch(() => undefined);
  if (place !== undefined) return isInside(root, place);
  const resolved = await realpath(target);
  const [there, opened] = await Promise.all([lstat(resolved), handle.stat()]);
  return isInside(root, resolved) && there.dev === opened.dev && there.ino === opened.ino;
}
