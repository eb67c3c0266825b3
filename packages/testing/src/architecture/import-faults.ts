import { posix } from "node:path";
import type { ImportRule } from "./import-table.ts";
import { isTestCode, type SourceFile } from "./source-files.ts";

const SCOPE = "@llamaagent/";

/** Specifiers of static and dynamic imports and re-exports; those built at run time are not seen. */
export function importSpecifiers(text: string): string[] {
  const pattern =
    /^\s*(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...text.matchAll(pattern)].flatMap((match) => match[1] ?? match[2] ?? match[3] ?? []);
}

/** One line for each import that the table does not allow, or that leaves its package by a path. */
export function importFaults(files: readonly SourceFile[], rules: readonly ImportRule[]): string[] {
  return files.flatMap((file) =>
    importSpecifiers(file.text).flatMap((specifier) => {
      const fault = specifier.startsWith(".")
        ? pathFault(file.path, specifier)
        : ruleFault(file.path, specifier, rules);
      return fault === undefined ? [] : [`${file.path}: "${specifier}": ${fault}`];
    }),
  );
}

function pathFault(path: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  return rootOf(target) === rootOf(path)
    ? undefined
    : "a path into another package; import the package by its name";
}

/** `packages/core`, `apps/api`, `infra/test-services`; `examples` and `bench` are one each. */
function rootOf(path: string): string {
  const [top = "", name = ""] = path.split("/");
  return top === "examples" || top === "bench" ? top : `${top}/${name}`;
}

function ruleFault(
  path: string,
  specifier: string,
  rules: readonly ImportRule[],
): string | undefined {
  const [top, owner] = path.split("/");
  const rule = rules.find(({ name, kind }) => `${kind}s` === top && name === owner);
  if (!rule) {
    if (top === "packages" || top === "apps") return `the table has no row for '${owner}'`;
    return specifier.startsWith(`${SCOPE}testing`) && !isTestCode(path)
      ? "testing is for tests only"
      : undefined;
  }
  if (!specifier.startsWith(SCOPE)) return libraryFault(rule, specifier, path);
  const [target = "", ...subpath] = specifier.slice(SCOPE.length).split("/");
  if (target === rule.name) return undefined;
  if (target === "testing") return isTestCode(path) ? undefined : "testing is for tests only";
  if (rule.never.includes(target)) return `${rule.name} never imports ${target}`;
  if (rule.manifestOnly.includes(target) && subpath.join("/") !== "manifest")
    return `${rule.name} takes only ${target}/manifest`;
  if (rule.mayImport === "anything" || rule.mayImport.includes(target)) return undefined;
  return `${rule.name} may import ${rule.mayImport.join(", ") || "none of our packages"}`;
}

function libraryFault(rule: ImportRule, specifier: string, path: string): string | undefined {
  if (!rule.libraries || specifier.startsWith("node:") || isTestCode(path)) return undefined;
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  return rule.libraries.includes(name)
    ? undefined
    : `of libraries, ${rule.name} may import ${rule.libraries.join(", ") || "none"}`;
}
