import { mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isOpenedInside } from "./opened-inside.ts";

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opened-"));
  root = join(folder, "root");
  await mkdir(root);
  await writeFile(join(root, "a"), "");
  await writeFile(join(folder, "a"), "");
});
afterEach(() => rm(folder, { recursive: true }));

async function check(opened: string, target: string, descriptors: string | undefined) {
  const handle = await open(opened);
  try {
    return await isOpenedInside({ root, target, handle, ...(descriptors ? { descriptors } : {}) });
  } finally {
    await handle.close();
  }
}

describe.each([
  ["by the system's list of open files", undefined],
  ["by resolving the path again", "/none"],
])("isOpenedInside, %s", (_name, descriptors) => {
  it("takes a file that lies inside", async () => {
    expect(await check(join(root, "a"), join(root, "a"), descriptors)).toBe(true);
  });

  it("refuses a file from outside whose path leads inside by now", async () => {
    expect(await check(join(folder, "a"), join(root, "a"), descriptors)).toBe(false);
  });

  it("refuses a path that leads outside", async () => {
    await symlink(folder, join(root, "away"));
    expect(await check(join(folder, "a"), join(root, "away", "a"), descriptors)).toBe(false);
  });
});
