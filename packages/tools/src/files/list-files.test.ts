import { execFile } from "node:child_process";
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listWorkspaceFiles } from "./list-files.ts";

let folder: string;
let workspace: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "list-"));
  workspace = join(folder, "workspace");
  await mkdir(join(workspace, "docs", "deep"), { recursive: true });
  await writeFile(join(workspace, "b.txt"), "12345");
  await writeFile(join(workspace, "a.md"), "");
  await writeFile(join(workspace, "docs", "deep", "c.md"), "é");
});
afterEach(() => rm(folder, { recursive: true }));

const { signal } = new AbortController();
async function list(path = ".", pattern?: string): Promise<string[]> {
  const { files } = await listWorkspaceFiles({ path, pattern }, { workspace, signal });
  return files.map((file) => `${file.path} ${file.size_bytes}`);
}

describe("listWorkspaceFiles", () => {
  it("lists files of all folders with their sizes, by path", async () => {
    expect(await list()).toEqual(["a.md 0", "b.txt 5", "docs/deep/c.md 2"]);
  });

  it("lists a folder, a file, or what matches", async () => {
    expect(await list("docs/")).toEqual(["docs/deep/c.md 2"]);
    expect(await list("b.txt")).toEqual(["b.txt 5"]);
    expect(await list(".", "*.md")).toEqual(["a.md 0", "docs/deep/c.md 2"]);
  });

  it("says that a folder is not there", async () => {
    await expect(list("none")).rejects.toThrow("'none' does not exist");
  });

  it("leaves out links, FIFOs and names with a backslash, which can't be read", async () => {
    await mkdir(join(folder, "outside"));
    await writeFile(join(folder, "outside", "secret"), "s");
    await symlink(join(folder, "outside"), join(workspace, "away"));
    await symlink("b.txt", join(workspace, "soft"));
    await link(join(folder, "outside", "secret"), join(workspace, "hard"));
    await writeFile(join(workspace, "back\\slash"), "");
    await promisify(execFile)("mkfifo", [join(workspace, "pipe")]);
    expect(await list()).toEqual(["a.md 0", "b.txt 5", "docs/deep/c.md 2"]);
    await expect(list("away")).rejects.toThrow("'away' leads out of the workspace");
    await expect(list("away/secret")).rejects.toThrow("leads out of the workspace");
    await expect(list("..")).rejects.toThrow("leaves the workspace");
  });

  it("shows 1000 files and says that there are more", async () => {
    const many = Array.from({ length: 1000 }, (_, i) => join(workspace, "docs", `f${i}`));
    await Promise.all(many.map((path) => writeFile(path, "")));
    const context = { workspace, signal };
    const all = await listWorkspaceFiles({ path: "." }, context);
    expect([all.files.length, all.truncated]).toEqual([1000, true]);
    const some = await listWorkspaceFiles({ path: ".", pattern: "f*" }, context);
    expect([some.files.length, some.truncated]).toEqual([1000, false]);
  });
});
