import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readKeyFile } from "./key-file.ts";
import { ensureKeyFile } from "./own-key-file.ts";

const script = new URL("test/ensure-key-file-main.ts", import.meta.url).pathname;

describe("the key that a server makes for itself", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "llamaagent-own-key-"));
    path = join(folder, "master-key");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is of 32 bytes, for its owner alone, and stays", async () => {
    await ensureKeyFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const made = await readKeyFile(path);
    expect(made).toHaveLength(32);
    await ensureKeyFile(path);
    expect((await readKeyFile(path)).equals(made)).toBe(true);
    expect(await readdir(folder)).toEqual(["master-key"]);
  });

  it("takes the place of nothing that is there", async () => {
    await writeFile(path, "not a key");
    await ensureKeyFile(path);
    expect(await readFile(path, "utf8")).toBe("not a key");
  });

  it("is one for all that begin at one time in one process", async () => {
    const read = await Promise.all(
      Array.from({ length: 50 }, async () => {
        await ensureKeyFile(path);
        return (await readKeyFile(path)).toString("hex");
      }),
    );
    expect(new Set(read).size).toBe(1);
    expect(await readdir(folder)).toEqual(["master-key"]);
  });

  it("is one for several processes", async () => {
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [script, path], { stdio: ["pipe", "pipe", "inherit"] }),
    );
    await Promise.all(children.map(({ stdout }) => once(stdout, "readable")));
    const outputs = children.map(async (child) => {
      child.stdin.end("go\n");
      return text(child.stdout);
    });
    const read = await Promise.all(outputs);
    expect(new Set(read).size).toBe(1);
    expect(read[0]).toMatch(/^ready\n[0-9a-f]{64}\n$/);
    expect(await readdir(folder)).toEqual(["master-key"]);
  });

  it("is made in a folder of its owner's alone, where that has to be made", async () => {
    const inner = join(folder, "a", "b");
    await ensureKeyFile(join(inner, "master-key"));
    expect((await stat(inner)).mode & 0o777).toBe(0o700);
  });

  it("cannot be made where a file is in the folder's place, and says what to do", async () => {
    await writeFile(path, "a file");
    await expect(ensureKeyFile(join(path, "master-key"))).rejects.toMatchObject({
      code: "invalid_configuration",
      message: `No master key can be made in ${path}/master-key (ENOTDIR): mend that, or set LLAMAAGENT_MASTER_KEYS`,
    });
  });

  it.skipIf(process.getuid?.() === 0)("cannot be made in a folder of others", async () => {
    await chmod(folder, 0o500);
    await expect(ensureKeyFile(path)).rejects.toThrow("No master key can be made");
    await chmod(folder, 0o700);
  });
});
