import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withFileLock } from "./file-lock.ts";

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "llamaagent-lock-"));
  lock = join(folder, "x.lock");
});
afterEach(() => rm(folder, { recursive: true }));

it("lets one work at a time, and tells the other whom it waits for", async () => {
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.push(`${name} ends`);
  };
  const first = withFileLock(lock, work("a"));
  const second = withFileLock(lock, work("b"), (pid) =>
    log.push(pid === process.pid ? "b waits" : "b waits for somebody else"),
  );
  await Promise.all([first, second]);
  expect(log.filter((line) => !line.includes("waits"))).toEqual(
    log.find((line) => line.endsWith("begins"))?.startsWith("a")
      ? ["a begins", "a ends", "b begins", "b ends"]
      : ["b begins", "b ends", "a begins", "a ends"],
  );
  expect(existsSync(lock)).toBe(false);
});

it("takes over the lock of a process that is gone", async () => {
  await writeFile(lock, "2147483646"); // above every pid_max
  expect(await withFileLock(lock, () => Promise.resolve("done"))).toBe("done");
});

it("frees the lock when the work fails", async () => {
  await expect(withFileLock(lock, () => Promise.reject(new Error("cut off")))).rejects.toThrow(
    "cut off",
  );
  expect(existsSync(lock)).toBe(false);
});
