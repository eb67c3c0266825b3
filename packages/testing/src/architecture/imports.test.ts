import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importFaults, importSpecifiers } from "./import-faults.ts";
import { importCircle, parseImportTable } from "./import-table.ts";
import { REPOSITORY, sourceFiles } from "./source-files.ts";

const table = parseImportTable(`
| package | holds | may import |
|---|---|---|
| core | types | – (zod only) |
| db | tables | core |
| models | \`./chat\` | core |
| client | HTTP | – (no library) |
| testing | fakes | anything; imported by tests only |

| app | is | never imports |
|---|---|---|
| api | HTTP | models (only ./manifest), worker |
| worker | runs | – |
`);

const faults = (path: string, ...specifiers: string[]) =>
  importFaults([{ path, text: specifiers.map((s) => `import "${s}";`).join("\n") }], table);

describe("the imports of this repository", () => {
  const rules = parseImportTable(readFileSync(join(REPOSITORY, "docs/architecture.md"), "utf8"));

  it("are those that docs/architecture.md allows", () => {
    expect(importFaults(sourceFiles(), rules)).toEqual([]);
  });

  it("are allowed in no circle", () => {
    expect(importCircle(rules)).toBeUndefined();
  });
});

describe("importFaults", () => {
  it("lets pass what the table allows", () => {
    expect(faults("packages/db/src/a.ts", "@llamaagent/core", "pg", "node:fs", "./b.ts")).toEqual(
      [],
    );
    expect(faults("apps/worker/src/a.ts", "@llamaagent/db", "@llamaagent/models/chat")).toEqual([]);
    expect(faults("packages/core/src/a.ts", "zod", "zod/mini", "node:fs")).toEqual([]);
  });

  it("refuses a package that is not in the row", () => {
    expect(faults("packages/models/src/a.ts", "@llamaagent/db")).toEqual([
      'packages/models/src/a.ts: "@llamaagent/db": models may import core',
    ]);
    expect(faults("packages/client/src/a.ts", "@llamaagent/core")).toEqual([
      'packages/client/src/a.ts: "@llamaagent/core": client may import none of our packages',
    ]);
  });

  it("refuses in an app what it never imports, and more than a manifest", () => {
    expect(
      faults(
        "apps/api/src/a.ts",
        "@llamaagent/worker",
        "@llamaagent/models/chat",
        "@llamaagent/models/manifest",
      ),
    ).toEqual([
      'apps/api/src/a.ts: "@llamaagent/worker": api never imports worker',
      'apps/api/src/a.ts: "@llamaagent/models/chat": api takes only models/manifest',
    ]);
  });

  it("refuses a path into another package", () => {
    expect(faults("packages/db/src/a.ts", "../../core/src/index.ts", "../b.ts")).toEqual([
      'packages/db/src/a.ts: "../../core/src/index.ts": a path into another package; import the package by its name',
    ]);
  });

  it("keeps testing out of what is shipped", () => {
    expect(faults("packages/db/src/a.ts", "@llamaagent/testing/clock")).toEqual([
      'packages/db/src/a.ts: "@llamaagent/testing/clock": testing is for tests only',
    ]);
    expect(faults("examples/a.ts", "@llamaagent/testing/clock")).toHaveLength(1);
    expect(faults("packages/db/src/a.int.test.ts", "@llamaagent/testing/clock")).toEqual([]);
    expect(faults("infra/x/main.ts", "@llamaagent/testing/clock")).toEqual([]);
  });

  it("refuses libraries beyond those named", () => {
    expect(faults("packages/core/src/a.ts", "uuidv7")).toEqual([
      'packages/core/src/a.ts: "uuidv7": of libraries, core may import zod',
    ]);
    expect(faults("packages/client/src/a.ts", "@scope/lib/sub")).toEqual([
      'packages/client/src/a.ts: "@scope/lib/sub": of libraries, client may import none',
    ]);
  });

  it("refuses a package without a row", () => {
    expect(faults("packages/extra/src/a.ts", "zod")).toEqual([
      "packages/extra/src/a.ts: \"zod\": the table has no row for 'extra'",
    ]);
  });
});

describe("importSpecifiers", () => {
  it("sees every form of import", () => {
    const text = [
      'import a from "a";',
      'import {\n  b,\n  type B,\n} from "b";',
      'import type { C } from "c";',
      'import "d";',
      'export { e } from "e";',
      'export * from "f";',
      'const g = await import("g");',
      'const notAnImport = "from h";',
    ].join("\n");
    expect(importSpecifiers(text)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  });
});

describe("parseImportTable", () => {
  it("refuses a name without a row, and a page without a table", () => {
    const rows = "| package | holds | may import |\n|---|---|---|\n| core | x | zebra |";
    const apps = "\n\n| app | is | never imports |\n|---|---|---|\n";
    expect(() => parseImportTable(rows + apps)).toThrow("core: the table has no row for 'zebra'");
    expect(() => parseImportTable("text")).toThrow("no table headed '| package |'");
  });

  it("finds a circle", () => {
    const rows = [
      "| package | holds | may import |\n|---|---|---|\n| a | x | b |\n| b | x | c |\n| c | x | a |",
      "\n\n| app | is | never imports |\n|---|---|---|\n",
    ].join("");
    expect(importCircle(parseImportTable(rows))).toEqual(["a", "b", "c", "a"]);
  });
});
