import { open } from "node:fs/promises";
import { AppError } from "@llamaagent/core";

/**
 * The first `maxBytes` of a file that holds a secret. Error: `invalid_configuration`, also where others may read it:
 * as with ssh, anybody, or the group of a file that is this user's. (One that is another's and lets this process in
 * by its group is how Kubernetes mounts secrets.)
 */
export async function readPrivateFile(path: string, maxBytes: number): Promise<Buffer> {
  await using file = await open(path, "r").catch((error: unknown) => {
    throw fault(`${path} cannot be read`, error);
  });
  const { mode, uid } = await file.stat();
  const own = process.getuid?.();
  // Undefined on Windows, whose files have no such bits.
  if (own !== undefined && (mode & (uid === own ? 0o077 : 0o007)) !== 0)
    throw fault(
      `${path} may be read by others (mode ${(mode & 0o777).toString(8).padStart(3, "0")}): chmod 600 it`,
    );
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(maxBytes) });
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fault(`${path} cannot be read`, error);
  }
}

const fault = (detail: string, cause?: unknown): AppError =>
  new AppError("invalid_configuration", { detail, cause });
