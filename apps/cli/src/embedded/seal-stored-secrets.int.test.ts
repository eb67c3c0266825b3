import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@llamaagent/client";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import { startEmbeddedServer } from "@llamaagent/testing/server/embedded-server";
import { createTestPglite } from "@llamaagent/testing/services/test-pglite";
import { uuidv7 } from "uuidv7";
import { expect, it } from "vitest";

it("an embedded server seals what was stored plain, with a key of its own, and misses that", async () => {
  const pglite = await createTestPglite();
  const { database, dataDir } = pglite;
  await database.system((tx) =>
    tx.query(
      `INSERT INTO webhook_keys (tenant_id, key_id, secret) VALUES ($1, $2, 'whsec_plain')`,
      [DEFAULT_TENANT_ID, uuidv7()],
    ),
  );
  await database.close();

  const server = await startEmbeddedServer({ LLAMAAGENT_DATA_DIR: dataDir, LOG_LEVEL: "info" });
  const client = createClient({ url: server.urls[0] ?? "" });
  expect((await client.webhooks.keys()).items).toMatchObject([{ secret: "whsec_plain" }]);
  expect(server.apis[0]?.lines.join("\n")).toContain("stored secrets are under master key 1 now");
  await server.close();

  await rm(join(dataDir, "master-key"));
  const without = await startEmbeddedServer({ LLAMAAGENT_DATA_DIR: dataDir });
  expect(without.apis[0]?.lines.join("\n")).toContain("stored secrets cannot be opened");
  const other = createClient({ url: without.urls[0] ?? "" });
  await expect(other.webhooks.keys()).rejects.toMatchObject({ code: "unreadable" });
  await other.webhooks.rotateKeys();
  const newest = await other.webhooks.rotateKeys();
  expect((await other.webhooks.keys()).items[0]).toEqual(newest);
  await without.close();
  await pglite.drop();
}, 120_000);
