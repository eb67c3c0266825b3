import { createHash } from "node:crypto";
import { canonicalJson } from "@llamaagent/core";

/** Where a chain begins. */
export const NO_HASH = "0".repeat(64);

/**
 * SHA-256, in hex, of all of a record but its own hash, as canonical JSON in UTF-8 (RFC 8785: names in order, no
 * spaces; numbers are whole). Fields that a newer version adds are hashed as they come.
 */
export function recordHash(record: object): string {
  return createHash("sha256")
    .update(canonicalJson({ ...record, hash: undefined }))
    .digest("hex");
}
