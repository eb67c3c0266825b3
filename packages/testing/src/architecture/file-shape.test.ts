import { describe, expect, it } from "vitest";
import { nameFaults, sizeFaults } from "./file-shape.ts";
import { sourceFiles } from "./source-files.ts";

const file = (path: string, lines: number) => ({ path, text: "x\n".repeat(lines) });

describe("the files of this repository", () => {
  it("are short", () => {
    expect(sizeFaults(sourceFiles())).toEqual([]);
  });

  it("have names that say what they hold", () => {
    expect(nameFaults(sourceFiles().map(({ path }) => path))).toEqual([]);
  });
});

describe("sizeFaults", () => {
  it("finds a file over 400 lines, tests too", () => {
    expect(
      sizeFaults([file("packages/a/src/a.ts", 10), file("packages/a/src/a.test.ts", 401)]),
    ).toEqual(["packages/a/src/a.test.ts: 401 lines, at most 400"]);
    expect(sizeFaults([file("packages/a/src/a.test.ts", 400)])).toEqual([]);
  });

  it("finds a median over 80 lines, tests left out", () => {
    const files = [file("apps/a/src/a.ts", 81), file("apps/a/src/b.ts", 90)];
    expect(sizeFaults([...files, file("apps/a/src/a.test.ts", 1)])).toEqual([
      "median of 81 lines, at most 80",
    ]);
    expect(sizeFaults([...files, file("apps/a/src/c.ts", 80)])).toEqual([
      "median of 81 lines, at most 80",
    ]);
    expect(sizeFaults([...files, file("apps/a/src/c.ts", 80), file("apps/a/src/d.ts", 1)])).toEqual(
      [],
    );
  });
});

describe("nameFaults", () => {
  it("finds names that are not kebab-case or say nothing", () => {
    expect(
      nameFaults([
        "packages/a/src/runStore.ts",
        "packages/a/src/utils.ts",
        "packages/a/src/run-helpers.ts",
        "packages/common/src/a.ts",
        "packages/a/src/run-store.int.test.ts",
        "packages/a/src/runs.routes.ts",
      ]),
    ).toEqual([
      "packages/a/src/runStore.ts: not kebab-case",
      "packages/a/src/utils.ts: 'utils' says nothing",
      "packages/a/src/run-helpers.ts: 'helpers' says nothing",
      "packages/common/src/a.ts: 'common' says nothing",
    ]);
  });
});
