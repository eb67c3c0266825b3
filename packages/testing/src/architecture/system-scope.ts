import { isTestCode, type SourceFile } from "./source-files.ts";

/** Shipped files that open a transaction across tenants, by path. */
export function systemScopeUsers(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => !isTestCode(path) && /\.system\(/.test(text))
    .map(({ path }) => path);
}

/** The first column of the page's table. */
export function listedUsers(page: string): string[] {
  return [...page.matchAll(/^\| ((?:apps|packages)\/\S+\.ts) +\|/gm)].map(([, path]) => path ?? "");
}
