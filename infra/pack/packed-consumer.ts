import { execFile } from "node:child_process";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";

const run = promisify(execFile);
export const repository = resolve(import.meta.dirname, "../..");

/** What a user's shell has: not the Node that npm puts first for our own scripts. */
export const userEnvironment = {
  ...process.env,
  PATH: (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .join(delimiter),
};

export interface PackedConsumer {
  /** A project that has the packed packages, and nothing else. */
  folder: string;
  /** The repository that they were packed in. */
  copy: string;
  remove: () => Promise<void>;
}

/** Packs a copy: packing changes a package's entry for a moment, and other tests run beside this one. */
export async function createPackedConsumer(names: readonly string[]): Promise<PackedConsumer> {
  const temporary = await temporaryFolder("pack");
  const copy = join(temporary.path, "repository");
  await mkdir(copy);
  for (const path of [
    "package.json",
    "tsconfig.json",
    "LICENSE",
    ...names.map((name) => `packages/${name}`),
    "infra/pack",
  ])
    await cp(join(repository, path), join(copy, path), { recursive: true });
  await symlink(join(repository, "node_modules"), join(copy, "node_modules"));
  const folder = join(temporary.path, "consumer");
  await mkdir(folder);
  for (const name of names)
    await run("npm", ["pack", "--pack-destination", folder], {
      cwd: join(copy, "packages", name),
    });
  const tarballs = (await readdir(folder)).map((file) => `./${file}`);
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await run("npm", ["install", "--prefer-offline", "--no-audit", ...tarballs], {
    cwd: folder,
    env: userEnvironment,
  });
  return { folder, copy, remove: () => temporary.remove() };
}
