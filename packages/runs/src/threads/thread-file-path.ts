import { AppError } from "@llamaagent/core";

/** Of one file of a thread. */
export const FILE_BYTES_MAX = 10 * 1024 * 1024;
const MAX_LENGTH = 512;
/** What file systems take for one name, in bytes. */
const MAX_SEGMENT_BYTES = 255;

/**
 * The path under which a file of a thread is kept, and found in a run's workspace: relative, `/` between
 * its parts, in Unicode's composed form, without empty and `.` parts. Error: `invalid_request`.
 */
export function threadFilePath(path: string): string {
  if (path.length > MAX_LENGTH) throw invalid(`is longer than ${MAX_LENGTH} characters`);
  if (path.startsWith("/")) throw invalid("must be relative");
  if (path.endsWith("/")) throw invalid("names a folder");
  // A backslash separates on Windows, where a worker may run.
  if (/[\p{Cc}\\]/u.test(path)) throw invalid("holds a control character or a backslash");
  if (!path.isWellFormed()) throw invalid("is not valid Unicode");
  const parts = path
    .normalize("NFC")
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  if (parts.length === 0) throw invalid("is empty");
  if (parts.includes("..")) throw invalid("must not hold '..'");
  if (parts.some((part) => Buffer.byteLength(part) > MAX_SEGMENT_BYTES))
    throw invalid(`holds a name longer than ${MAX_SEGMENT_BYTES} bytes`);
  return parts.join("/");
}

function invalid(message: string): AppError {
  return new AppError("invalid_request", {
    detail: `The path of the file ${message}`,
    errors: [{ pointer: "/path/path", message }],
  });
}
