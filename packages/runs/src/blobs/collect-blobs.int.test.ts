import { onEachDatabase } from "@llamaagent/testing/each-database";
import { createRunsFixture, type RunsFixture } from "@llamaagent/testing/runs-fixture";
import { beforeEach, describe, expect, it } from "vitest";
import { readBlob, writeBlob } from "./blobs.ts";
import { collectBlobs } from "./collect-blobs.ts";
import { putThreadFile } from "../threads/put-thread-file.ts";

onEachDatabase((database) => {
  let runs: RunsFixture;
  beforeEach(async () => {
    runs = await createRunsFixture(database());
  });

  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  async function putFile(threadId: string, text: string): Promise<string> {
    const { file } = await database().tenant(runs.principal.tenantId, (tx) =>
      putThreadFile(tx, { threadId, path: "a.txt", mediaType: "text/plain", bytes: bytes(text) }),
    );
    return file.sha256;
  }

  async function age(): Promise<void> {
    await database().system((tx) =>
      tx.query("UPDATE blobs SET touched_at = now() - interval '25 hours'"),
    );
  }

  async function stored(): Promise<string[]> {
    const rows = await database().system((tx) =>
      tx.query<{ sha256: string }>(
        `SELECT DISTINCT sha256 FROM blob_chunks JOIN blobs USING (tenant_id, sha256)
         WHERE tenant_id = $1 ORDER BY sha256`,
        [runs.principal.tenantId],
      ),
    );
    return rows.map(({ sha256 }) => sha256);
  }

  describe("collectBlobs", () => {
    it("removes what a replaced file left, a day later, and nothing that is referred to", async () => {
      const thread = await runs.thread();
      const replaced = await putFile(thread, "old");
      const current = await putFile(thread, "new");
      await collectBlobs(database());
      expect(await stored()).toEqual([replaced, current].toSorted());
      await age();
      await collectBlobs(database());
      expect(await stored()).toEqual([current]);
    });

    it("keeps the result of a step", async () => {
      const { fence } = await runs.claimed();
      const sha256 = await database().system(async (tx) => {
        const hash = await writeBlob(tx, fence.tenantId, bytes("large"));
        await tx.query(
          `INSERT INTO run_steps (tenant_id, run_id, step_key, kind, effect, state, input_hash, result_sha256, epoch)
           VALUES ($1, $2, 'model/0', 'model', 'none', 'done', '', $3, 1)`,
          [fence.tenantId, fence.runId, hash],
        );
        return hash;
      });
      await age();
      await collectBlobs(database());
      expect(await stored()).toEqual([sha256]);
    });

    it("leaves alone what was written again since, and stores anew what it removed", async () => {
      const { tenantId } = runs.principal;
      const write = () => database().tenant(tenantId, (tx) => writeBlob(tx, tenantId, bytes("x")));
      await write();
      await age();
      const sha256 = await write();
      await collectBlobs(database());
      expect(await stored()).toEqual([sha256]);
      await age();
      await collectBlobs(database());
      expect(await stored()).toEqual([]);
      await write();
      const read = await database().tenant(tenantId, (tx) => readBlob(tx, tenantId, sha256));
      expect(new TextDecoder().decode(read)).toBe("x");
    });
  });
});
