import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readKeyFile } from "./key-file.ts";

const key = Buffer.alloc(32, 0xab);

describe("a file with a master key", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "llamaagent-key-file-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function file(content: string | Uint8Array, mode = 0o600): Promise<string> {
    const path = join(folder, "key");
    await writeFile(path, content);
    await chmod(path, mode);
    return path;
  }

  it.each([
    ["32 bytes as they are", key],
    ["base64", key.toString("base64")],
    ["base64 with a line's end", `${key.toString("base64")}\r\n`],
    ["32 bytes that look like text", Buffer.from("x".repeat(32))],
  ])("holds %s", async (_what, content) => {
    const bytes = content instanceof Buffer ? content : key;
    expect((await readKeyFile(await file(content))).equals(bytes)).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["31 bytes", key.subarray(1)],
    ["33 bytes", Buffer.alloc(33, 0xab)],
    ["two keys", `${key.toString("base64")}\n${key.toString("base64")}\n`],
    ["a key and much more", `${key.toString("base64")}${" ".repeat(1000)}x`],
    ["a word", "hunter2"],
  ])("with %s is refused, and not shown", async (_what, content) => {
    const reading = readKeyFile(await file(content));
    await expect(reading).rejects.toMatchObject({
      code: "invalid_configuration",
      message: `${join(folder, "key")} must hold 32 bytes, as they are or in base64`,
    });
  });

  it.each(["644", "640", "660", "604", "602", "610", "777"])(
    "that others may get at (mode %s) is refused",
    async (mode) => {
      const reading = readKeyFile(await file(key, Number.parseInt(mode, 8)));
      await expect(reading).rejects.toThrow(`may be read by others (mode ${mode}): chmod 600 it`);
    },
  );

  it.each(["600", "400", "700"])("that is its owner's alone (mode %s) is taken", async (mode) => {
    const reading = readKeyFile(await file(key, Number.parseInt(mode, 8)));
    await expect(reading).resolves.toHaveLength(32);
  });

  it("behind a link is judged by what it leads to", async () => {
    const link = join(folder, "link");
    await symlink(await file(key, 0o644), link);
    await expect(readKeyFile(link)).rejects.toThrow("may be read by others");
    await file(key);
    await expect(readKeyFile(link)).resolves.toHaveLength(32);
  });

  it("that is not there, or is a folder, is refused", async () => {
    await expect(readKeyFile(join(folder, "none"))).rejects.toThrow("cannot be read");
    const inner = join(folder, "inner");
    await mkdir(inner, { mode: 0o700 });
    await expect(readKeyFile(inner)).rejects.toThrow("cannot be read");
  });
});
