import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "@llamaagent/testing/test-binaries/file-lock";

const SOURCE = join(import.meta.dirname, "langgraph");

/**
 * LangGraph.js's server with its packages as its own lock file pins them (140 packages, 140 MB), in
 * a folder outside the repository; none of their scripts is run. Made once for each content of
 * `langgraph/`.
 */
export async function installLanggraph(
  cache: string,
  say: (line: string) => void,
): Promise<string> {
  const folder = join(cache, `langgraph-${await contentHash()}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  return withFileLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return folder;
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await cp(SOURCE, partial, { recursive: true, filter: (path) => !/node_modules/.test(path) });
    say("installing LangGraph.js's server (140 MB)");
    await npmCi(partial);
    await rename(partial, folder);
    return folder;
  });
}

async function contentHash(): Promise<string> {
  const hash = createHash("sha256");
  const names = (await readdir(SOURCE)).filter((name) => name !== "node_modules");
  for (const name of names.sort()) hash.update(name).update(await readFile(join(SOURCE, name)));
  return hash.digest("hex").slice(0, 12);
}

async function npmCi(cwd: string): Promise<void> {
  const npm = spawn("npm", ["ci", "--ignore-scripts"], { cwd, stdio: ["ignore", 2, 2] });
  const code = await new Promise<number | null>((resolve, reject) => {
    npm.once("error", reject);
    npm.once("close", resolve);
  });
  if (code !== 0) throw new Error(`npm ci ended with ${code}`);
}
