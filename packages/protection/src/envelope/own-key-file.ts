import { randomBytes } from "node:crypto";
import { link, mkdir, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "@llamaagent/core";
import { KEY_BYTES } from "./aes-gcm.ts";

/**
 * Makes a file with a new key (base64, mode 0600) where there is none, and its folder (0700). Whole or not at
 * all, whatever ends the process or the machine, and never in the place of another: of several processes that
 * do it at once one makes the key, and all find that. Error: `invalid_configuration`.
 */
export async function ensureKeyFile(path: string): Promise<void> {
  try {
    if (await isThere(path)) return;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const unfinished = `${path}.${randomBytes(8).toString("hex")}`;
    try {
      await writeSynced(unfinished, `${randomBytes(KEY_BYTES).toString("base64")}\n`);
      // Unlike `rename`, it puts nothing in the place of what is there.
      await link(unfinished, path).catch((error: unknown) => {
        if (codeOf(error) !== "EEXIST") throw error;
      });
    } finally {
      await rm(unfinished, { force: true });
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw new AppError("invalid_configuration", {
      detail: `No master key can be made in ${path} (${codeOf(error) ?? "unknown"}): mend that, or set LLAMAAGENT_MASTER_KEYS`,
      cause: error,
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(text);
  await file.sync();
}

/** The file's name is in it. Windows opens no folders, and needs it not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await using folder = await open(path, "r");
  await folder.sync();
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined;
