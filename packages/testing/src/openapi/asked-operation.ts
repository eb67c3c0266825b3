import type { OwnOperation } from "./own-operations.ts";

/** The operation that a request meets; undefined where no path is its, or the path lacks its method. */
export function askedOperation(
  operations: readonly OwnOperation[],
  { method = "GET", path }: { method?: string; path: string },
): OwnOperation | undefined {
  const [asked = ""] = path.split("?", 1);
  // A part that is spelled out goes before a parameter, whatever its methods.
  const [met] = operations
    .filter((operation) => pattern(operation.path).test(asked))
    .toSorted((a, b) => parameters(a.path) - parameters(b.path));
  return operations.find(
    (operation) => operation.path === met?.path && operation.method === method,
  );
}

/** `path` is the rest of a URL, every other parameter one part of it. */
function pattern(template: string): RegExp {
  const text = template
    .replaceAll(".", "\\.")
    .replace("{path}", ".*")
    .replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${text}$`);
}

function parameters(template: string): number {
  return template.split("{").length - 1;
}
