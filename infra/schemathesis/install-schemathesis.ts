import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { cacheFolder } from "@llamaagent/testing/test-binaries/cache-folder";
import { installOnce, type Say } from "@llamaagent/testing/test-binaries/install-once";
import { pip } from "@llamaagent/testing/test-binaries/pip";

const requirements = new URL("requirements.txt", import.meta.url).pathname;

/** The pinned schemathesis with all that it needs, once per version and Python; returns its folder, for PYTHONPATH. */
export async function installSchemathesis(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  // Some of what it needs is compiled for one Python.
  const { stdout } = await promisify(execFile)("python3", ["--version"]).catch((cause: unknown) => {
    throw new Error("python3 is missing: install it (Debian: apt-get install python3-pip)", {
      cause,
    });
  });
  const python = stdout.trim().replace(/^Python (\d+\.\d+).*$/, "$1");
  const pins = createHash("sha256").update(await readFile(requirements));
  const cached = {
    name: "schemathesis",
    version: `${pins.digest("hex").slice(0, 12)}-python${python}`,
    what: "schemathesis",
    witness: "schemathesis/__init__.py",
  };
  return installOnce(cacheFolder(env), cached, {
    say,
    async fill(partial) {
      say("schemathesis: fetching it and what it needs (20 MB)");
      await pip([
        "install",
        `--requirement=${requirements}`,
        `--target=${partial}`,
        "--no-deps",
        "--no-cache-dir",
        "--only-binary=:all:",
        "--quiet",
        "--disable-pip-version-check",
        "--root-user-action=ignore",
      ]);
    },
  });
}
