import { open } from "node:fs/promises";
import { AppError } from "@llamaagent/core";
import { KEY_BYTES } from "./aes-gcm.ts";
import { keyBytes } from "./master-key-settings.ts";

/** A key in base64 and a line's end are 45 bytes: a file of so many is none, and is not read whole. */
const READ_BYTES = 256;

/**
 * The key in a file: 32 bytes as they are, or in base64. Error: `invalid_configuration`, also where others may
 * read it: as with ssh, anybody, or the group of a file that is this user's. (One that is another's and lets
 * this process in by its group is how Kubernetes mounts secrets.)
 */
export async function readKeyFile(path: string): Promise<Buffer> {
  const content = await readPrivate(path);
  const text = content.length < READ_BYTES ? content.toString().trim() : "";
  const bytes = content.length === KEY_BYTES ? content : keyBytes(text);
  if (bytes === undefined)
    throw fault(`${path} must hold ${KEY_BYTES} bytes, as they are or in base64`);
  return bytes;
}

async function readPrivate(path: string): Promise<Buffer> {
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
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(READ_BYTES) });
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fault(`${path} cannot be read`, error);
  }
}

const fault = (detail: string, cause?: unknown): AppError =>
  new AppError("invalid_configuration", { detail, cause });
