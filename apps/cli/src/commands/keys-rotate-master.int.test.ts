import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createPglite, createPostgres, migrate, type OwnedDatabase } from "@llamaagent/db";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { createTestDatabase } from "@llamaagent/testing/services/test-database";
import { uuidv7 } from "uuidv7";
import { describe, expect, inject, it } from "vitest";

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const none = { rewrapped: 0, sealed: 0, current: 0, changed: 0, unreadable: 0 };

async function rotate(env: NodeJS.ProcessEnv) {
  const { code, stdout, stderr } = await runLlamaAgent(["keys", "rotate-master", "--json"], env);
  return { code, stderr, report: stdout === "" ? undefined : (JSON.parse(stdout) as unknown) };
}

const storePlain = (db: OwnedDatabase): Promise<unknown> =>
  db.system((tx) =>
    tx.query(
      `INSERT INTO webhook_keys (tenant_id, key_id, secret) VALUES ($1, $2, 'whsec_plain')`,
      [uuidv7(), uuidv7()],
    ),
  );
const storedSecret = async (db: OwnedDatabase): Promise<string | undefined> => {
  const [row] = await db.system((tx) =>
    tx.query<{ secret: string }>(`SELECT secret FROM webhook_keys`),
  );
  return row?.secret;
};

describe("llamaagent keys rotate-master", () => {
  it("seals with the key of the embedded server, then with one that is set", async () => {
    const folder = await temporaryFolder("rotate-master");
    const env = { LLAMAAGENT_DATA_DIR: folder.path };
    const keyFile = join(folder.path, "master-key");
    const withDatabase = async <T>(work: (db: OwnedDatabase) => Promise<T>): Promise<T> => {
      const db = await createPglite({ dataDir: folder.path });
      try {
        return await work(db);
      } finally {
        await db.close();
      }
    };
    await withDatabase(async (db) => {
      await migrate({ database: db });
      await storePlain(db);
    });
    expect((await rotate(env)).report).toEqual({ ...none, version: 1, sealed: 1 });
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(await withDatabase(storedSecret)).toMatch(/^sealed1\.1\./);

    const LLAMAAGENT_MASTER_KEYS = `2:${keyOf(2)},1:file:${keyFile}`;
    const second = await rotate({ ...env, LLAMAAGENT_MASTER_KEYS });
    expect(second).toMatchObject({ code: 0, report: { ...none, version: 2, rewrapped: 1 } });
    expect(await withDatabase(storedSecret)).toMatch(/^sealed1\.2\./);

    const lost = await rotate({ ...env, LLAMAAGENT_MASTER_KEYS: `3:${keyOf(3)}` });
    expect(lost).toMatchObject({ code: 1, report: { ...none, version: 3, unreadable: 1 } });
    expect(lost.stderr).toMatch(/webhook_keys .* sealed with master key 2, which/);
    await folder.remove();
  });

  it("does nothing with a key of its own that it cannot use", async () => {
    const folder = await temporaryFolder("rotate-master");
    const keyFile = join(folder.path, "master-key");
    await writeFile(keyFile, "cut off", { mode: 0o600 });
    const { code, stderr } = await rotate({ LLAMAAGENT_DATA_DIR: folder.path });
    expect(code).toBe(1);
    expect(stderr).toContain(`${keyFile} must hold 32 bytes`);
    expect(await readFile(keyFile, "utf8")).toBe("cut off");
    await folder.remove();
  });
});

describe.runIf(inject("databaseUrl"))("llamaagent keys rotate-master, on Postgres", () => {
  it("needs keys that are set, and is the same for all tenants", async () => {
    const database = await createTestDatabase({
      migrate: async (url) => void (await migrate({ url })),
    });
    const db = createPostgres({ url: database.url, poolSize: 1 });
    await storePlain(db);
    const env = { DATABASE_URL: database.url };
    const unset = await rotate(env);
    expect(unset).toMatchObject({ code: 1, report: undefined });
    expect(unset.stderr).toContain("LLAMAAGENT_MASTER_KEYS is not set");
    expect(await storedSecret(db)).toBe("whsec_plain");
    const LLAMAAGENT_MASTER_KEYS = `1:${keyOf(1)}`;
    expect(await rotate({ ...env, LLAMAAGENT_MASTER_KEYS })).toMatchObject({
      code: 0,
      report: { ...none, version: 1, sealed: 1 },
    });
    await storePlain(db);
    const { stdout } = await runLlamaAgent(["keys", "rotate-master"], {
      ...env,
      LLAMAAGENT_MASTER_KEYS,
    });
    expect(stdout).toBe("Master key 1: 0 secrets wrapped anew, 1 formerly plain, 1 unchanged\n");
    await db.close();
    await database.drop();
  });
});
