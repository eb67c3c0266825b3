import { statfs } from "node:fs/promises";
import { type CheckResult, fail, ok, warn } from "./check.ts";

const MIB = 2 ** 20;
/** Two of the log's checkpoints; less, and a busy server may stop at any moment. */
const FAIL_BYTES = 128 * MIB;
const WARN_BYTES = 1024 * MIB;

export async function checkDisk(directory: string): Promise<CheckResult> {
  const { bavail, bsize } = await statfs(directory);
  return judgeDisk(bavail * bsize);
}

/** @internal */
export function judgeDisk(freeBytes: number): CheckResult {
  const detail = `${Math.floor(freeBytes / MIB)} MiB free`;
  const advice =
    "free some space, or set LLAMAAGENT_DATA_DIR to another disk (move the folder there)";
  if (freeBytes < FAIL_BYTES) return fail("disk", detail, advice);
  return freeBytes < WARN_BYTES ? warn("disk", detail, advice) : ok("disk", detail);
}
