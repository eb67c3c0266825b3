import type { Json } from "@llamaagent/core";

/** An optional field of a parsed body may be undefined, which changes nothing. */
type PatchObject = { [key: string]: Patch | undefined };
type Patch = Json | PatchObject;

/** RFC 7396: objects are merged, null removes, everything else replaces. */
export function mergePatch(target: Patch | undefined, patch: Patch): Patch {
  if (!isPatchObject(patch)) return patch;
  const merged: PatchObject = { ...(isPatchObject(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function isPatchObject(value: Patch | undefined): value is PatchObject {
  return value != null && typeof value === "object" && !Array.isArray(value);
}
