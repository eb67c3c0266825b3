import { execFile } from "node:child_process";
import { link, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkspaceFile } from "./open-workspace-file.ts";

let folder: string;
let workspace: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "open-"));
  workspace = join(folder, "workspace");
  await mkdir(join(workspace, "docs"), { recursive: true });
  await mkdir(join(folder, "outside"));
  await writeFile(join(workspace, "docs", "a.md"), "inside");
  await writeFile(join(folder, "outside", "a.md"), "secret");
});
afterEach(() => rm(folder, { recursive: true }));

async function read(path: string): Promise<string> {
  const { handle } = await openWorkspaceFile(workspace, path);
  try {
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

describe("openWorkspaceFile", () => {
  it("opens a file of the workspace", async () => {
    const file = await openWorkspaceFile(workspace, "./docs\\a.md");
    expect([file.path, file.sizeBytes]).toEqual(["docs/a.md", 6]);
    expect(await file.handle.readFile("utf8")).toBe("inside");
    await file.handle.close();
  });

  it("works in a workspace that is reached by a link itself", async () => {
    await symlink(workspace, join(folder, "link"));
    const file = await openWorkspaceFile(join(folder, "link"), "docs/a.md");
    expect(file.path).toBe("docs/a.md");
    await file.handle.close();
  });

  it("follows a linked folder that stays inside, and refuses one that leads out", async () => {
    await symlink("docs", join(workspace, "same"));
    expect(await read("same/a.md")).toBe("inside");
    await symlink(join(folder, "outside"), join(workspace, "away"));
    await expect(read("away/a.md")).rejects.toThrow("'away/a.md' leads out of the workspace");
    // Nor does the answer tell what there is outside.
    await expect(read("away/b.md")).rejects.toThrow("'away/b.md' leads out of the workspace");
  });

  it.each(["../outside/a.md", "docs/../../outside/a.md", "..\\outside\\a.md"])(
    "refuses %s",
    async (path) => {
      await expect(read(path)).rejects.toThrow("leaves the workspace");
    },
  );

  it("refuses an absolute path, even of a file inside", async () => {
    await expect(read(join(workspace, "docs", "a.md"))).rejects.toThrow("is absolute");
  });

  it("refuses a file that is a symbolic link", async () => {
    await symlink(join(folder, "outside", "a.md"), join(workspace, "a.md"));
    await expect(read("a.md")).rejects.toThrow("'a.md' is a symbolic link");
  });

  it("refuses a file with a hard link elsewhere", async () => {
    await link(join(folder, "outside", "a.md"), join(workspace, "a.md"));
    await expect(read("a.md")).rejects.toThrow("'a.md' has a second hard link");
  });

  it("refuses a FIFO, and does not wait for a writer", async () => {
    await promisify(execFile)("mkfifo", [join(workspace, "pipe")]);
    await expect(read("pipe")).rejects.toThrow("'pipe' is not a regular file");
  });

  it("says of a folder that it is one", async () => {
    await expect(read("docs")).rejects.toThrow("'docs' is a folder");
    await expect(read(".")).rejects.toThrow("the workspace itself");
  });

  it.each(["b.md", "docs/a.md/b", "x".repeat(300)])("says that %s is not there", async (path) => {
    const refusal = read(path);
    await expect(refusal).rejects.toThrow(/does not exist|too long/);
    await expect(refusal).rejects.not.toThrow(folder);
  });

  it("says that a workspace that was never made has no files", async () => {
    await expect(openWorkspaceFile(join(folder, "none"), "a.md")).rejects.toThrow("has no files");
  });

  it("never gives what lies outside while a folder is swapped for a link", async () => {
    await symlink(join(folder, "outside"), join(folder, "link"));
    const docs = join(workspace, "docs");
    let swapping = true;
    const swaps = (async () => {
      while (swapping) {
        await rename(docs, join(folder, "kept"));
        await rename(join(folder, "link"), docs);
        await rename(docs, join(folder, "link"));
        await rename(join(folder, "kept"), docs);
      }
    })();
    const answers = new Set<string>();
    for (let i = 0; i < 2000; i++) answers.add(await read("docs/a.md").catch(() => "refused"));
    swapping = false;
    await swaps;
    expect(answers).toContain("refused");
    expect(answers).not.toContain("secret");
  });
});
