import { stat } from "node:fs/promises";
import { join } from "node:path";
import { createPostgres, migrate, type OwnedDatabase } from "@llamaagent/db";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import { createTestDatabase } from "@llamaagent/testing/services/test-database";
import { createTestPglite } from "@llamaagent/testing/services/test-pglite";
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
    const pglite = await createTestPglite();
    const { database, dataDir } = pglite;
    await storePlain(database);
    await database.close();
    const env = { LLAMAAGENT_DATA_DIR: dataDir };
    const keyFile = join(dataDir, "master-key");
    expect((await rotate(env)).report).toEqual({ ...none, version: 1, sealed: 1 });
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);

    const LLAMAAGENT_MASTER_KEYS = `2:${keyOf(2)},1:file:${keyFile}`;
    const second = await rotate({ ...env, LLAMAAGENT_MASTER_KEYS });
    expect(second).toMatchObject({ code: 0, report: { ...none, version: 2, rewrapped: 1 } });

    const lost = await rotate({ ...env, LLAMAAGENT_MASTER_KEYS: `3:${keyOf(3)}` });
    expect(lost).toMatchObject({ code: 1, report: { ...none, version: 3, unreadable: 1 } });
    expect(lost.stderr).toMatch(/webhook_keys .* sealed with master key 2, which/);
    await pglite.drop();
  }, 120_000);
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
  }, 120_000);
});
