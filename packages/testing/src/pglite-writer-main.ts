import { createPglite, migrate } from "@llamaagent/db";

/**
 * Opens the embedded database on the given folder and stores threads one by one, telling each on
 * standard output once it is stored, until it is killed. `stored <n> <thread id>`.
 */
const [dataDir, tenantId] = process.argv.slice(2);
if (dataDir === undefined || tenantId === undefined)
  throw new Error("usage: pglite-writer-main.ts <folder> <tenant id>");
const database = await createPglite({ dataDir });
await migrate({ database });
for (let n = 1; ; n++) {
  const threadId = crypto.randomUUID();
  await database.tenant(tenantId, (tx) =>
    tx.query("INSERT INTO threads (tenant_id, thread_id) VALUES ($1, $2)", [tenantId, threadId]),
  );
  process.stdout.write(`stored ${n} ${threadId}\n`);
}
