import { AppError } from "@llamaagent/core";
import { readPrivateFile } from "../private-file.ts";
import { KEY_BYTES } from "./aes-gcm.ts";
import { keyBytes } from "./master-key-settings.ts";

/** A key in base64 and a line's end are 45 bytes: a file of so many is none, and is not read whole. */
const READ_BYTES = 256;

/** The key in a private file: 32 bytes as they are, or in base64. Error: `invalid_configuration`. */
export async function readKeyFile(path: string): Promise<Buffer> {
  const content = await readPrivateFile(path, READ_BYTES);
  const text = content.length < READ_BYTES ? content.toString().trim() : "";
  const bytes = content.length === KEY_BYTES ? content : keyBytes(text);
  if (bytes === undefined)
    throw new AppError("invalid_configuration", {
      detail: `${path} must hold ${KEY_BYTES} bytes, as they are or in base64`,
    });
  return bytes;
}
