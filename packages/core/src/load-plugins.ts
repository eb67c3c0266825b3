import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppError } from "./errors.ts";
import { lendOwnPackages } from "./lend-own-packages.ts";
import type { NamedPlugin } from "./plugin-registry.ts";

/**
 * Imports each module and takes its `plugin` export. A specifier that begins with `.` or `/` is a
 * file, relative to `directory`; anything else is a package's name. Throws `invalid_plugin` that
 * lists every fault, one a line.
 */
export async function loadPlugins(
  specifiers: readonly string[],
  directory: string,
): Promise<NamedPlugin[]> {
  if (specifiers.length > 0) lendOwnPackages();
  const loaded = await Promise.allSettled(specifiers.map((name) => loadPlugin(name, directory)));
  const faults = loaded.filter((outcome) => outcome.status === "rejected");
  if (faults.length === 0)
    return loaded.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const causes = faults.map(({ reason }): unknown => reason);
  throw new AppError("invalid_plugin", {
    detail: causes.map((cause) => (cause instanceof Error ? cause.message : "")).join("\n"),
    cause: causes[0],
  });
}

async function loadPlugin(specifier: string, directory: string): Promise<NamedPlugin> {
  const isFile = specifier.startsWith(".") || isAbsolute(specifier);
  const target = isFile ? pathToFileURL(resolve(directory, specifier)).href : specifier;
  let module: Record<string, unknown>;
  try {
    module = (await import(target)) as Record<string, unknown>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_plugin", {
      detail: `${specifier}: cannot be imported: ${reason}`,
      cause,
    });
  }
  if (module["plugin"] === undefined)
    throw new AppError("invalid_plugin", { detail: `${specifier}: has no export named 'plugin'` });
  return { source: specifier, plugin: module["plugin"] };
}
