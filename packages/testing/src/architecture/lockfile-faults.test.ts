import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lockfileFaults } from "./lockfile-faults.ts";
import { REPOSITORY } from "./source-files.ts";

it("finds no download address in package-lock.json", () => {
  expect(lockfileFaults(readFileSync(join(REPOSITORY, "package-lock.json"), "utf8"))).toEqual([]);
});

it("finds an address, and lets a workspace's folder pass", () => {
  const packages = {
    "node_modules/a": { resolved: "https://example.invalid/a.tgz" },
    "node_modules/@llamaagent/core": { resolved: "packages/core", link: true },
    "node_modules/b": {},
  };
  expect(lockfileFaults(JSON.stringify({ packages }))).toEqual([
    "node_modules/a names where it is downloaded from: see omit-lockfile-registry-resolved in .npmrc",
  ]);
});
