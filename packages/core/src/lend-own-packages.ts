import module from "node:module";

/** What a plug-in is written with. */
const OURS = /^(@llamaagent\/core|zod(\/.*)?)$/;
const NOT_FOUND = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);

let isLending = false;

/**
 * Lets a plug-in's file lie anywhere: where its own folders do not have these packages, it gets ours. For
 * good: plug-ins import within their calls too. A Node before 22.15 has no such hooks, and does without.
 */
export function lendOwnPackages(): void {
  if (isLending || !("registerHooks" in module)) return;
  isLending = true;
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        const isOwn = context.parentURL === import.meta.url;
        if (isOwn || !OURS.test(specifier) || !isNotFound(error)) throw error;
        return { url: import.meta.resolve(specifier), shortCircuit: true };
      }
    },
  });
}

function isNotFound(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    NOT_FOUND.has(error.code)
  );
}
