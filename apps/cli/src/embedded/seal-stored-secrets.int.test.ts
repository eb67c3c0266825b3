import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@llamaagent/client";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import { createPglite, migrate, type OwnedDatabase } from "@llamaagent/db";
import { startEmbeddedServer } from "@llamaagent/testing/server/embedded-server";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { uuidv7 } from "uuidv7";
import { expect, it } from "vitest";

it("an embedded server seals what was stored plain, with a key of its own, and misses that", async () => {
  const folder = await temporaryFolder("stored-secrets");
  const dataDir = join(folder.path, "data");
  const withDatabase = async <T>(work: (db: OwnedDatabase) => Promise<T>): Promise<T> => {
    const db = await createPglite({ dataDir });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  };
  await withDatabase(async (db) => {
    await migrate({ database: db });
    await db.system((tx) =>
      tx.query(
        `INSERT INTO webhook_keys (tenant_id, key_id, secret) VALUES ($1, $2, 'whsec_plain')`,
        [DEFAULT_TENANT_ID, uuidv7()],
      ),
    );
  });

  const server = await startEmbeddedServer({ LLAMAAGENT_DATA_DIR: dataDir, LOG_LEVEL: "info" });
  const client = createClient({ url: server.urls[0] ?? "" });
  expect((await client.webhooks.keys()).items).toMatchObject([{ secret: "whsec_plain" }]);
  expect(server.apis[0]?.lines.join("\n")).toContain("stored secrets are under master key 1 now");
  await server.close();
  const [stored] = await withDatabase((db) =>
    db.system((tx) => tx.query<{ secret: string }>(`SELECT secret FROM webhook_keys`)),
  );
  expect(stored?.secret).toMatch(/^sealed1\.1\./);

  await rm(join(dataDir, "master-key"));
  const without = await startEmbeddedServer({ LLAMAAGENT_DATA_DIR: dataDir });
  expect(without.apis[0]?.lines.join("\n")).toContain("stored secrets cannot be opened");
  const other = createClient({ url: without.urls[0] ?? "" });
  await expect(other.webhooks.keys()).rejects.toMatchObject({ code: "unreadable" });
  await other.webhooks.rotateKeys();
  const newest = await other.webhooks.rotateKeys();
  expect((await other.webhooks.keys()).items[0]).toEqual(newest);
  await without.close();
  await folder.remove();
});
