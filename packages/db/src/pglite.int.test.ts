import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import { databaseContract } from "@llamaagent/testing/database.contract";
import { spawnNode } from "@llamaagent/testing/services/spawn-node";
import {
  temporaryFolder,
  type TemporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { createPglite } from "./pglite.ts";
import { ALL_MIGRATIONS } from "./test/all-migrations.ts";

const writerMain = fileURLToPath(import.meta.resolve("@llamaagent/testing/pglite-writer-main"));
const startWriter = (folder: string) => spawnNode([writerMain, folder, DEFAULT_TENANT_ID]);

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder("pglite");
});
afterAll(() => folder.remove());

databaseContract("PGlite", async () => {
  const database = await createPglite({ dataDir: join(folder.path, "contract") });
  await migrate({ database });
  return database;
});

describe("createPglite", () => {
  it("keeps what it acknowledged through kill -9, four times over", async () => {
    const dataDir = join(folder.path, "killed");
    const acknowledged: string[] = [];
    for (let kill = 1; kill <= 4; kill++) {
      const writer = await startWriter(dataDir);
      await writer.waitFor(new RegExp(`^stored ${kill * 7} `));
      await writer.kill("SIGKILL");
      for (const line of writer.lines) acknowledged.push(...(line.match(/[0-9a-f-]{36}$/) ?? []));
    }
    const database = await createPglite({ dataDir });
    expect(await threadIds(database)).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThanOrEqual(7 + 14 + 21 + 28);
    expect((await migrate({ database })).applied).toEqual([]);
    await database.close();
  });

  it("refuses a folder that another process has open, and takes it when that one was killed", async () => {
    const dataDir = join(folder.path, "contended");
    const writer = await startWriter(dataDir);
    await writer.waitFor(/^stored 1 /);
    await expect(createPglite({ dataDir })).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining(`${dataDir} is in use by another LlamaAgent process`),
    });
    await writer.kill("SIGKILL");
    const database = await createPglite({ dataDir });
    expect((await threadIds(database)).length).toBeGreaterThanOrEqual(1);

    await expect(createPglite({ dataDir })).rejects.toMatchObject({
      code: "invalid_configuration",
    });
    await database.close();
    await (await createPglite({ dataDir })).close();
  });

  it("leaves the thread to others between two transactions, however many wait", async () => {
    const database = await createPglite({ dataDir: join(folder.path, "busy") });
    await migrate({ database });
    let turns = 0;
    const turn = (): void => void ((turns += 1), (timer = setImmediate(turn)));
    let timer = setImmediate(turn);
    const waiting = Array.from({ length: 50 }, () => database.system((tx) => tx.query("SELECT 1")));
    await Promise.all(waiting);
    clearImmediate(timer);
    expect(turns).toBeGreaterThanOrEqual(50);
    await database.close();
  });

  it("keeps its log short: else each start after a kill would take longer", async () => {
    const database = await createPglite({ dataDir: join(folder.path, "log") });
    await database.owner((tx) => tx.query("CREATE TABLE written (bytes bytea)"));
    for (let n = 0; n < 130; n++)
      await database.owner((tx) =>
        tx.query("INSERT INTO written VALUES ($1)", [randomBytes(1024 * 1024)]),
      );
    const [row] = await database.owner((tx) =>
      tx.query<{ mebibytes: number }>(
        "SELECT (pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) / 1048576)::int AS mebibytes FROM pg_control_checkpoint()",
      ),
    );
    expect(row?.mebibytes).toBeLessThan(100);
    await database.close();
  });

  it("begins anew where a first start was killed half-way", async () => {
    const dataDir = join(folder.path, "half");
    await mkdir(join(dataDir, "postgres.new"), { recursive: true });
    await writeFile(join(dataDir, "postgres.new", "PG_VERSION"), "18\n");
    const database = await createPglite({ dataDir });
    expect((await migrate({ database })).applied).toEqual(ALL_MIGRATIONS);
    await database.close();
    expect(existsSync(join(dataDir, "postgres.new"))).toBe(false);
    expect((await readdir(dataDir)).toSorted()).toEqual(["lock", "postgres"]);
  });
});

async function threadIds(database: Database): Promise<string[]> {
  const rows = await database.system((tx) =>
    tx.query<{ thread_id: string }>("SELECT thread_id FROM threads"),
  );
  return rows.map((row) => row.thread_id);
}
