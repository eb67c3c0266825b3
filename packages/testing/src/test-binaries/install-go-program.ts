import { spawn } from "node:child_process";
import { join } from "node:path";
import type { GoProgram } from "./go-programs.ts";
import { type CachedFolder, installedFolder, installOnce, type Say } from "./install-once.ts";

/** The executable; undefined where it is not there. */
export function installedGoProgram(cache: string, program: GoProgram): string | undefined {
  const folder = installedFolder(cache, programFolder(program));
  return folder && join(folder, program.executable);
}

/**
 * Builds a program into the cache, once per version, and returns its executable. Go shows progress,
 * checks the modules' hashes, and uses the proxy that the user has configured.
 */
export async function installGoProgram(
  cache: string,
  program: GoProgram,
  say: Say,
): Promise<string> {
  const folder = await installOnce(cache, programFolder(program), {
    say,
    fill: async (partial) => {
      say(`${program.what}: building ${program.package} ${program.version} (up to a minute)`);
      await goInstall(program, partial);
    },
  });
  return join(folder, program.executable);
}

function programFolder({ name, version, what, executable }: GoProgram): CachedFolder {
  return { name, version, what, witness: executable };
}

async function goInstall(program: GoProgram, folder: string): Promise<void> {
  const wanted = `${program.package}@${program.version}`;
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn("go", ["install", wanted], {
      stdio: ["ignore", "inherit", "inherit"],
      // Without C: else a machine with Go and no C compiler cannot build what uses the network.
      env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" },
    });
    child.on("error", () =>
      reject(
        new Error(
          `go is missing, which builds ${program.what}: install it (Debian: apt-get install golang-go)`,
        ),
      ),
    );
    child.on("close", (status) => resolve(status ?? 1));
  });
  if (code !== 0)
    throw new Error(
      `${program.what} cannot be had: go install ${wanted} ended with ${code} (its words are above)`,
    );
}
