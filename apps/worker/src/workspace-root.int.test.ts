import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import {
  temporaryFolder,
  type TemporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeWorkspaceRoot } from "./workspace-root.ts";

let parent: TemporaryFolder;
beforeEach(async () => {
  parent = await temporaryFolder("workspace-root");
});
afterEach(() => parent.remove());

/** Another process that makes a root with a file in it, and lives on. */
async function otherWorker() {
  const script = `
    import { writeFileSync } from "node:fs";
    import { makeWorkspaceRoot } from ${JSON.stringify(join(import.meta.dirname, "workspace-root.ts"))};
    const { directory } = await makeWorkspaceRoot(${JSON.stringify(parent.path)});
    writeFileSync(directory + "/file", "of a run");
    console.log("made " + directory);
    setInterval(() => {}, 1000);`;
  const child = await spawnNode(["--input-type=module-typescript", "--eval", script]);
  const [, directory = ""] = await child.waitFor(/^made (.+)$/);
  return { child, directory };
}

describe("makeWorkspaceRoot", () => {
  it("makes a folder that only its user can enter, in a parent that may be missing", async () => {
    const root = await makeWorkspaceRoot(join(parent.path, "a/b"));
    expect((await stat(root.directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(parent.path, "a/b"))).mode & 0o777).toBe(0o700);
    await mkdir(join(root.directory, "run-1"));
    await root.remove();
    expect(await readdir(join(parent.path, "a/b"))).toEqual([]);
  });

  it("removes what a killed process left, and leaves what a living one has", async () => {
    const dead = await otherWorker();
    const alive = await otherWorker();
    await dead.child.kill("SIGKILL");
    const root = await makeWorkspaceRoot(parent.path);
    expect(existsSync(dead.directory)).toBe(false);
    expect(existsSync(join(alive.directory, "file"))).toBe(true);
    const second = await makeWorkspaceRoot(parent.path);
    expect(existsSync(root.directory)).toBe(true);
    await alive.child.kill("SIGKILL");
    await root.remove();
    await second.remove();
  });

  it("follows no link and touches nothing else", async () => {
    const elsewhere = await mkdtemp(join(parent.path, "elsewhere-"));
    await writeFile(join(elsewhere, "file"), "");
    await symlink(elsewhere, join(parent.path, "llamaagent-worker-link"));
    await mkdir(join(parent.path, "other"));
    const root = await makeWorkspaceRoot(parent.path);
    expect(await readdir(elsewhere)).toEqual(["file"]);
    expect(await readdir(parent.path)).toEqual(
      expect.arrayContaining(["llamaagent-worker-link", "other"]),
    );
    await root.remove();
  });

  it("gives each its own folder when many start at once", async () => {
    const roots = await Promise.all(
      Array.from({ length: 8 }, () => makeWorkspaceRoot(parent.path)),
    );
    for (const { directory } of roots) expect(existsSync(join(directory, "lock"))).toBe(true);
    expect(new Set(roots.map(({ directory }) => directory)).size).toBe(8);
    await Promise.all(roots.map((root) => root.remove()));
    expect(await readdir(parent.path)).toEqual([]);
  });
});
