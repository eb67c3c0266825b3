import { AgentDefinition } from "@llamaagent/core";
import { createPglite, createPostgres, type Database, migrate } from "@llamaagent/db";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { createTestDatabase } from "@llamaagent/testing/services/test-database";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAgent } from "./agents/create-agent.ts";
import { deleteAgent } from "./agents/delete-agent.ts";
import { findAgent } from "./agents/find-agent.ts";
import { listAgentVersions } from "./agents/list-agent-versions.ts";
import { seedDefaultAgent } from "./agents/seed-default-agent.ts";
import { updateAgent } from "./agents/update-agent.ts";
import { createThread } from "./threads/create-thread.ts";
import { findThread } from "./threads/find-thread.ts";
import { putThreadFile } from "./threads/put-thread-file.ts";
import { readBlobPieces } from "./threads/read-blob-pieces.ts";
import {
  deleteThreadFile,
  findThreadFile,
  listThreadFiles,
  loadThreadFiles,
} from "./threads/thread-files.ts";

interface Opened {
  db: Database;
  close(): Promise<void>;
}

const stores: { name: string; isThere: boolean; open: () => Promise<Opened> }[] = [
  {
    name: "PGlite",
    isThere: true,
    open: async () => {
      const folder = await temporaryFolder("resources");
      const db = await createPglite({ dataDir: folder.path });
      await migrate({ database: db });
      return { db, close: () => db.close().then(() => folder.remove()) };
    },
  },
  {
    name: "Postgres",
    isThere: inject("databaseUrl") !== undefined,
    open: async () => {
      const database = await createTestDatabase({
        migrate: async (url) => void (await migrate({ url })),
      });
      const db = createPostgres({ url: database.url });
      return { db, close: () => db.close().then(() => database.drop()) };
    },
  },
];

describe.each(stores)("resources of a tenant, $name", ({ isThere, open }) => {
  let opened: Opened;
  beforeAll(async () => {
    if (isThere) opened = await open();
  });
  afterAll(() => opened?.close());

  const definition = AgentDefinition.parse({ name: "ours", model: "test/a", metadata: { n: 1 } });
  const notFound = { code: "not_found" };

  describe.runIf(isThere)("agents", () => {
    it("are invisible to another tenant, by id and by name, for every act", async () => {
      const [ours, theirs] = [uuidv7(), uuidv7()];
      const { db } = opened;
      const { agent_id: id } = await db.tenant(ours, (tx) =>
        createAgent(tx, { agentId: uuidv7(), definition }),
      );
      for (const reference of [id, "ours"]) {
        const as = db.tenant.bind(db, theirs);
        await expect(as((tx) => findAgent(tx, reference))).rejects.toMatchObject(notFound);
        await expect(as((tx) => deleteAgent(tx, reference))).rejects.toMatchObject(notFound);
        await expect(as((tx) => updateAgent(tx, reference, (a) => a))).rejects.toMatchObject(
          notFound,
        );
        await expect(
          as((tx) => listAgentVersions(tx, reference, { limit: 1 })),
        ).rejects.toMatchObject(notFound);
      }
      // The name is free there.
      await db.tenant(theirs, (tx) => createAgent(tx, { agentId: uuidv7(), definition }));
      expect(await db.tenant(ours, (tx) => findAgent(tx, "ours"))).toMatchObject({ agent_id: id });
    });

    it("keep nothing of a change that is refused", async () => {
      const tenant = uuidv7();
      const { db } = opened;
      await db.tenant(tenant, (tx) => createAgent(tx, { agentId: uuidv7(), definition }));
      const refused = db.tenant(tenant, (tx) =>
        updateAgent(tx, "ours", () => {
          throw new Error("refused");
        }),
      );
      await expect(refused).rejects.toThrow("refused");
      expect(await db.tenant(tenant, (tx) => findAgent(tx, "ours"))).toMatchObject({ version: 1 });
    });

    it("begin with one default agent, also where replicas start together", async () => {
      const tenant = uuidv7();
      const { db } = opened;
      const seed = (): Promise<boolean> =>
        db.tenant(tenant, (tx) =>
          seedDefaultAgent(tx, {
            tenantId: tx.tenantId,
            agentId: uuidv7(),
            model: "test/a",
            tools: ["echo"],
          }),
        );
      const seeded = await Promise.all([seed(), seed(), seed(), seed()]);
      expect(seeded.filter(Boolean)).toHaveLength(1);
      expect(await db.tenant(tenant, (tx) => findAgent(tx, "default"))).toMatchObject({
        version: 1,
        model: "test/a",
        tools: ["echo"],
      });
    });

    it("keep a default agent deleted that was deleted", async () => {
      const tenant = uuidv7();
      const seed = (): Promise<boolean> =>
        opened.db.tenant(tenant, (tx) =>
          seedDefaultAgent(tx, {
            tenantId: tx.tenantId,
            agentId: uuidv7(),
            model: "test/a",
            tools: [],
          }),
        );
      expect(await seed()).toBe(true);
      await opened.db.tenant(tenant, (tx) => deleteAgent(tx, "default"));
      expect(await seed()).toBe(false);
    });
  });

  describe.runIf(isThere)("threads and files", () => {
    it("are invisible to another tenant, for every act", async () => {
      const [ours, theirs, threadId] = [uuidv7(), uuidv7(), uuidv7()];
      const { db } = opened;
      const file = { threadId, path: "a", mediaType: "text/plain", bytes: Buffer.from("secret") };
      await db.tenant(ours, async (tx) => {
        await createThread(tx, { threadId, metadata: {}, ifExists: "raise" });
        await putThreadFile(tx, file);
      });
      const as = db.tenant.bind(db, theirs);
      await expect(as((tx) => findThread(tx, threadId))).rejects.toMatchObject(notFound);
      await expect(as((tx) => listThreadFiles(tx, threadId))).rejects.toMatchObject(notFound);
      await expect(as((tx) => putThreadFile(tx, file))).rejects.toMatchObject(notFound);
      await expect(as((tx) => findThreadFile(tx, threadId, "a"))).rejects.toMatchObject(notFound);
      await expect(as((tx) => deleteThreadFile(tx, threadId, "a"))).rejects.toMatchObject(notFound);
      expect(await as((tx) => loadThreadFiles(tx, threadId))).toEqual([]);
      const [stored] = await db.tenant(ours, (tx) => loadThreadFiles(tx, threadId));
      const blob = { tenantId: theirs, sha256: stored?.sha256 ?? "", sizeBytes: 6 };
      await expect(readBlobPieces(db, blob).next()).rejects.toThrow("lacks chunk 0");
    });

    it("store the same bytes once, in chunks of 1 MiB", async () => {
      const [tenant, threadId] = [uuidv7(), uuidv7()];
      const { db } = opened;
      const bytes = Buffer.alloc(2.5 * 1024 * 1024, "abc");
      await db.tenant(tenant, (tx) =>
        createThread(tx, { threadId, metadata: {}, ifExists: "raise" }),
      );
      const put = (path: string) =>
        db.tenant(tenant, (tx) => putThreadFile(tx, { threadId, path, mediaType: "a/b", bytes }));
      const [{ file }] = await Promise.all([put("one"), put("two"), put("three")]);
      const sizes = await db.tenant(tenant, (tx) =>
        tx.query<{ size: number }>("SELECT length(bytes) AS size FROM blob_chunks ORDER BY chunk"),
      );
      expect(sizes.map(({ size }) => size)).toEqual([1_048_576, 1_048_576, 524_288]);
      const read: Uint8Array[] = [];
      const blob = { tenantId: tenant, sha256: file.sha256, sizeBytes: file.size_bytes };
      for await (const piece of readBlobPieces(db, blob)) read.push(piece);
      expect(read.map(({ byteLength }) => byteLength)).toEqual(Array(10).fill(262_144));
      expect(Buffer.concat(read).equals(bytes)).toBe(true);
    });

    it("take 1,000 files a thread, and no more", async () => {
      const [tenant, threadId] = [uuidv7(), uuidv7()];
      const put = (path: string) =>
        opened.db.tenant(tenant, (tx) =>
          putThreadFile(tx, { threadId, path, mediaType: "a/b", bytes: Buffer.alloc(0) }),
        );
      await opened.db.tenant(tenant, async (tx) => {
        await createThread(tx, { threadId, metadata: {}, ifExists: "raise" });
        await tx.query(
          `INSERT INTO thread_files (tenant_id, thread_id, path, sha256, size_bytes, media_type)
           SELECT $1, $2, 'f' || n, '', 0, 'a/b' FROM generate_series(1, 999) AS n`,
          [tenant, threadId],
        );
      });
      expect((await put("last")).created).toBe(true);
      await expect(put("over")).rejects.toMatchObject({ code: "payload_too_large" });
      expect((await put("last")).created).toBe(false);
    });
  });
});
