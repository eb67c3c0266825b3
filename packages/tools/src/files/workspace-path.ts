import { isAbsolute, relative, resolve, sep } from "node:path";
import { AppError } from "@llamaagent/core";

/** A refusal that the model reads; it never holds the workspace's own place on the disk. */
export function fileError(detail: string, cause?: unknown): AppError {
  return new AppError("tool_failed", { detail, cause });
}

/**
 * A path as the model wrote it, as segments below the workspace; empty for the workspace itself.
 * `\` counts as a separator, since models write `docs\a.md`. Throws `tool_failed` for NUL,
 * absolute paths (also `C:…` and `\\server`) and `..`.
 */
export function pathSegments(path: string): string[] {
  if (path.includes("\0")) throw fileError("The path holds a NUL character");
  const unified = path.replaceAll("\\", "/");
  if (unified.startsWith("/") || /^[A-Za-z]:/.test(unified))
    throw fileError(`'${path}' is absolute; paths are relative to the workspace`);
  const segments = unified.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.includes("..")) throw fileError(`'${path}' leaves the workspace`);
  return segments;
}

/** Whether `path` is `folder` or below it; both absolute and real. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
