import { totalmem } from "node:os";

const MEBIBYTE = 2 ** 20;
/** It begins with 260 MiB, of which most is shared with the worker. */
const RSS_MIN = 512 * MEBIBYTE;
const RSS_MAX = 1_024 * MEBIBYTE;

/** How much memory the process of one run may have: half of what there is, from 512 MiB to 1 GiB. */
export function childMemory(availableBytes: number = machineBytes()): {
  rssBytesMax: number;
  heapMebibytes: number;
} {
  const rssBytesMax = Math.min(RSS_MAX, Math.max(RSS_MIN, Math.floor(availableBytes / 2)));
  // Of which half for objects: buffers, code and Node itself are not in V8's old space.
  return { rssBytesMax, heapMebibytes: Math.floor(rssBytesMax / 2 / MEBIBYTE) };
}

/** The container's limit, where there is one. */
function machineBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
