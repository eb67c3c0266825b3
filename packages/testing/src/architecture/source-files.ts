import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const REPOSITORY = resolve(import.meta.dirname, "../../../..");

export interface SourceFile {
  /** From the repository's root, with `/`. */
  path: string;
  text: string;
}

/** Every TypeScript and JavaScript file that people write; what is generated stays out. */
export function sourceFiles(): SourceFile[] {
  return readFiles("{packages,apps,examples,infra,bench}/**/*.{ts,js}", "*.ts").filter(
    ({ path }) => !path.includes("/generated/"),
  );
}

/** Every page of documentation. */
export function documentFiles(): SourceFile[] {
  return readFiles("*.md", "{docs,examples,infra,packages,apps}/**/*.md");
}

function readFiles(...patterns: string[]): SourceFile[] {
  return globSync(patterns, { cwd: REPOSITORY, exclude: ["**/node_modules/**", "**/dist/**"] })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(REPOSITORY, path), "utf8") }));
}

/** Code that is never shipped: tests, contract suites, and whole folders that serve them. */
export function isTestCode(path: string): boolean {
  return (
    /\.(test|contract)\.ts$|\/src\/test\//.test(path) ||
    /^(packages\/testing|infra|bench)\//.test(path)
  );
}
