import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { isUtf8 } from "node:buffer";
import { isAppError } from "@llamaagent/core";
import { FILE_BYTES_MAX, threadFilePath } from "@llamaagent/runs/thread-file-path";
import { CliError, EXIT } from "./cli-error.ts";
import { oneLine } from "./terminal.ts";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".html": "text/html",
  ".json": "application/json",
  ".md": "text/markdown",
};

export interface Upload {
  /** In the thread: the file's name without its folders. */
  path: string;
  content: Uint8Array<ArrayBuffer>;
  mediaType: string;
  isText: boolean;
}

/** Reads a file of the user's; throws a usage error that says why it cannot be sent. */
export async function readUpload(path: string): Promise<Upload> {
  const refuse = (reason: string, cause?: unknown) =>
    new CliError(`--file ${oneLine(path, 500)}: ${reason}`, EXIT.usage, { cause });
  try {
    const found = await stat(path);
    if (!found.isFile()) throw refuse("is not a file");
    if (found.size > FILE_BYTES_MAX)
      throw refuse(`has ${found.size} bytes; at most ${FILE_BYTES_MAX} (10 MiB) can be sent`);
    const content = await readFile(path);
    const isText = isUtf8(content) && !content.includes(0);
    return {
      path: threadFilePath(basename(path)),
      content,
      isText,
      mediaType: isText
        ? (MEDIA_TYPES[extname(path).toLowerCase()] ?? "text/plain")
        : "application/octet-stream",
    };
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (isAppError(error, "invalid_request"))
      throw refuse(`its name ${error.errors?.[0]?.message ?? "cannot be used"}`, error);
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw refuse(isMissing ? "no such file" : `cannot be read: ${String(error)}`, error);
  }
}
