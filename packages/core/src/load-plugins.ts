import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppError } from "./errors.ts";
import type { NamedPlugin } from "./plugin-registry.ts";

/**
 * Imports each module and takes its `plugin` export. A specifier that begins with `.` or `/` is a
 * file, relative to `directory`; anything else is a package's name. Throws `invalid_plugin`.
 */
export async function loadPlugins(
  specifiers: readonly string[],
  directory: string,
): Promise<NamedPlugin[]> {
  return Promise.all(
    specifiers.map(async (specifier) => {
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
        throw new AppError("invalid_plugin", {
          detail: `${specifier}: has no export named 'plugin'`,
        });
      return { source: specifier, plugin: module["plugin"] };
    }),
  );
}
