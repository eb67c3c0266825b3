import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrate } from "@llamaagent/db";
import { repositoryRoot } from "@llamaagent/testing/server/running-server";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { createTestDatabase } from "@llamaagent/testing/services/test-database";
import { testRedisUrl } from "@llamaagent/testing/services/test-redis";
import { describe, expect, inject, it } from "vitest";

const hasServices = inject("databaseUrl") !== undefined && inject("redisUrl") !== undefined;

describe.runIf(hasServices)("a worker", () => {
  it("has its workspaces in WORKSPACE_DIR, and ends where it cannot", async () => {
    const folder = await temporaryFolder("worker-command");
    const database = await createTestDatabase({
      migrate: async (url) => void (await migrate({ url })),
    });
    const redisUrl = await testRedisUrl();
    const start = (directory: string) =>
      spawnNode(["apps/cli/src/main.ts", "worker"], {
        cwd: repositoryRoot,
        env: { DATABASE_URL: database.url, REDIS_URL: redisUrl, WORKSPACE_DIR: directory },
      });

    const directory = join(folder.path, "workspaces");
    await mkdir(join(directory, "llamaagent-worker-killed/run"), { recursive: true });
    const worker = await start(directory);
    await worker.waitFor(/worker \S+ ready/);
    const names = await readdir(directory);
    expect(names).toEqual([expect.stringMatching(/^llamaagent-worker-/)]);
    expect(names).not.toContain("llamaagent-worker-killed");
    await worker.kill("SIGTERM");
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(await readdir(directory)).toEqual([]);

    await writeFile(join(folder.path, "file"), "");
    const failing = await start(join(folder.path, "file"));
    // Connections to Postgres and Redis that stayed open would hold the process.
    expect(await failing.exited).toEqual({ code: 1, signal: null });
    expect(failing.lines.join("\n")).toContain(
      `WORKSPACE_DIR: no folder for the files of runs can be made in ${folder.path}/file`,
    );
    await database.drop();
    await folder.remove();
  });
});
