import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REPOSITORY, sourceFiles } from "./source-files.ts";
import { listedUsers, systemScopeUsers } from "./system-scope.ts";

it("lists in docs/system-scope.md every file that works across tenants, and no other", () => {
  const page = readFileSync(join(REPOSITORY, "docs/system-scope.md"), "utf8");
  expect(systemScopeUsers(sourceFiles())).toEqual(listedUsers(page));
});

it("finds a use in shipped code, and lets tests pass", () => {
  const text = "await db.system((tx) => tx.query('SELECT 1'));";
  const files = [
    { path: "packages/runs/src/peek.ts", text },
    { path: "packages/runs/src/peek.test.ts", text },
    { path: "packages/runs/src/quiet.ts", text: "await db.tenant(id, work);" },
  ];
  expect(systemScopeUsers(files)).toEqual(["packages/runs/src/peek.ts"]);
});
