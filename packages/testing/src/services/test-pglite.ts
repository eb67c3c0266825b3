import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPglite, migrate, type OwnedDatabase } from "@llamaagent/db";
import { withFileLock } from "../test-binaries/file-lock.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface TestPglite {
  database: OwnedDatabase;
  /** For processes that open it once `database` is closed. */
  dataDir: string;
  drop(): Promise<void>;
}

/** A migrated database of one test file's own, copied (0.5 s) from one that the test run made (5 s). */
export async function createTestPglite(): Promise<TestPglite> {
  const template = await migratedTemplate();
  const folder = await temporaryFolder("pglite");
  const dataDir = join(folder.path, "data");
  await cp(template, dataDir, { recursive: true });
  const database = await createPglite({ dataDir });
  return {
    database,
    dataDir,
    async drop() {
      await database.close();
      await folder.remove();
    },
  };
}

/** Test files run in children of the test run's process: its id names the run. */
async function migratedTemplate(): Promise<string> {
  const folder = join(tmpdir(), `llamaagent-pglite-template-${process.ppid}`);
  const template = join(folder, "data");
  await mkdir(folder, { recursive: true });
  await withFileLock(join(folder, "lock"), async () => {
    if (existsSync(template)) return;
    removeAfter(process.ppid, folder);
    const unfinished = join(folder, "unfinished");
    await rm(unfinished, { recursive: true, force: true });
    const database = await createPglite({ dataDir: unfinished });
    await migrate({ database });
    await database.close();
    await rename(unfinished, template);
  });
  return template;
}

function removeAfter(pid: number, folder: string): void {
  const script = 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; rm -rf -- "$2"';
  const shell = spawn("/bin/sh", ["-c", script, "watchdog", String(pid), folder], {
    stdio: "ignore",
    detached: true,
  });
  shell.unref();
}
